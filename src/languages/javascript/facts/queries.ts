import type { FactDetails } from '../../../surface/facts.ts';
import type { Confidence } from '../../../surface/surface.ts';
import { type Node, propertyName } from '../parse.ts';
import { optionsOf } from './options.ts';
import { isFunction, memberName } from './patterns.ts';
import { tainted } from './requests.ts';
import { type Source, text } from './source.ts';
import { isTested } from './tested.ts';
import { calleeText, settle, textValue } from './values.ts';

export type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

export const queries =
  /^(?:query|execute|raw|\$queryRawUnsafe|\$executeRawUnsafe|whereRaw|orderByRaw|havingRaw|selectRaw|joinRaw|literal|run|all|get|each|exec|prepare|unsafe|manyOrNone|oneOrNone|one|any|none)$/;

export const sql =
  /\b(?:select\s+[\s\S]*\bfrom|insert\s+into|update\s+\S+\s+set|delete\s+from|where\s|order\s+by|drop\s+table|call\s+\w+\()/i;

export const documents =
  /^(?:find|findOne|findOneAnd\w+|findAndModify|updateOne|updateMany|update|deleteOne|deleteMany|remove|count|countDocuments|distinct|exists|where|replaceOne)$/;

export type Tell = (what: FactDetails['sink']['what'], of: Node, confidence: Confidence) => void;

export function sqlText(node: Call, source: Source, tell: Tell): void {
  const method = memberName(node.callee) ?? '';
  const [first] = node.arguments;
  if (!(queries.test(method) || clauses.test(method)) || !first) return;
  const given =
    first.type === 'ObjectExpression'
      ? (optionsOf(first, source).get('sql')?.node ?? optionsOf(first, source).get('text')?.node)
      : first;
  const at = settle(given, source);
  if (!at) return;
  const end = at.node;
  const composed =
    (end.type === 'TemplateLiteral' && end.expressions.length > 0) ||
    (end.type === 'BinaryExpression' && end.operator === '+') ||
    (end.type === 'CallExpression' && /^(?:util\.)?format$|\.concat$/.test(calleeText(end.callee)));
  if (!composed || textValue(end, at.source) !== undefined) return;
  const clause =
    clauses.test(method) &&
    /['"]typeorm['"]|['"]@nestjs\/typeorm['"]|['"]knex['"]/.test(source.parsed.text);
  if (!sql.test(text(end, at.source)) && !clause) return;
  if (end.type === 'CallExpression') {
    if (queried(end, at.source)) tell('sql', end, 'high');
    return;
  }
  if (tainted(end, at.source)) tell('sql', end, isTested(end, at.source) ? 'low' : 'high');
  else if (at.source === source && holes(end).some((one) => isParameter(one, source)))
    tell('sql', end, 'low');
}

/** Clauses of a query builder, which are SQL themselves. */
const clauses = /^(?:where|andWhere|orWhere|having|andHaving|orHaving|orderBy|addOrderBy)$/;

function queried(call: Extract<Node, { type: 'CallExpression' }>, source: Source): boolean {
  const object = call.callee.type === 'MemberExpression' ? call.callee.object : undefined;
  return [object, ...call.arguments].some((one) => one && tainted(one, source) !== undefined);
}

export function holes(node: Node): Node[] {
  if (node.type === 'TemplateLiteral') return [...node.expressions];
  if (node.type === 'BinaryExpression') return [...holes(node.left), ...holes(node.right)];
  return [node];
}

export const fixedParts =
  /table|column|field|schema|placeholder|limit|offset|order|sort|direction|where|clause|join|sql|query|condition|set|values|params|name$/i;

/** A parameter of the function, or a member of one, whose name does not say that it is a part of the query. */
export function isParameter(node: Node, source: Source): boolean {
  const root = node.type === 'MemberExpression' ? node.object : node;
  if (root.type !== 'Identifier' || fixedParts.test(text(node, source))) return false;
  const binding = source.lookup(root.name, root);
  const typed =
    binding?.node.type === 'Identifier' ? text(binding.node.typeAnnotation, source) : '';
  return binding?.kind === 'parameter' && !/number|boolean|bigint|Date\b/.test(typed);
}

/** Whether the project speaks to a document database whose filters have operators. */
export function hasDocuments(source: Source): boolean {
  const names = source.world.project?.dependencies;
  const known = /^(?:mongoose|mongodb|monk|mongojs|@nestjs\/mongoose|@typegoose\/typegoose)$/;
  if (names && Object.keys(names).some((one) => known.test(one))) return true;
  return /['"](?:mongoose|mongodb|@nestjs\/mongoose)['"]/.test(source.parsed.text);
}

export function cleansKeys(source: Source): boolean {
  const names = Object.keys(source.world.project?.dependencies ?? {});
  return (
    names.some((one) => /^(?:express-mongo-sanitize|mongo-sanitize)$/.test(one)) ||
    [...source.world.sources.values()].some((one) => /sanitizeFilter/.test(one.parsed.text))
  );
}

/** Whether the project has a library that checks bodies: what arrives may have been checked before. */
export function hasSchemas(source: Source): boolean {
  const names = Object.keys(source.world.project?.dependencies ?? {});
  return names.some((one) =>
    /^(?:zod|joi|celebrate|express-validator|yup|ajv|class-validator|express-openapi-validator|valibot|@sinclair\/typebox)$/.test(
      one,
    ),
  );
}

export function filters(node: Call, source: Source, tell: Tell): void {
  const method = memberName(node.callee) ?? '';
  const [first] = node.arguments;
  if (!documents.test(method) || !first || isFunction(first)) return;
  const whole = tainted(first, source);
  if (!whole || whole.checked || isTested(first, source)) return;
  if (!hasDocuments(source) || cleansKeys(source)) return;
  const sure: Confidence = hasSchemas(source) ? 'low' : 'medium';
  const at = settle(first, source);
  if (at?.node.type !== 'ObjectExpression') {
    // `find(req.query)`: every operator is the sender's.
    if (/^(?:body|query|cookies)$/.test(whole.from) && isWholeRequest(at?.node ?? first))
      tell('nosql', first, sure === 'low' ? 'low' : 'high');
    return;
  }
  for (const property of at.node.properties) {
    if (property.type !== 'Property') continue;
    const name = propertyName(property);
    const found = tainted(property.value, at.source);
    // A path parameter is always a string, and so is a part of a longer text.
    if (!found || found.checked || !/^(?:body|query|cookies)$/.test(found.from)) continue;
    if (name === '$where') tell('nosql', property.value, 'high');
    else if (
      isPlain(settle(property.value, at.source)?.node) &&
      !isTested(property.value, at.source)
    ) {
      tell('nosql', property.value, sure);
      return;
    }
  }
}

export function isWholeRequest(node: Node): boolean {
  return (
    node.type === 'MemberExpression' && /^(?:body|query|cookies)$/.test(memberName(node) ?? '')
  );
}

export function isPlain(node: Node | undefined): boolean {
  return (
    node?.type === 'Identifier' ||
    node?.type === 'MemberExpression' ||
    node?.type === 'ChainExpression'
  );
}
