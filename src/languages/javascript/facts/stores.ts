import type { FactDetails } from '../../../surface/facts.ts';
import type { Confidence } from '../../../surface/surface.ts';
import { type Node, propertyName } from '../parse.ts';
import { isFunction, memberName } from './bindings.ts';
import { decoratorOf, functionsAround, isTested, tainted } from './requests.ts';
import { brief, codeOf, isFrom, originOf, type Say, type Source, text } from './source.ts';
import { calleeText, optionsOf, settle, textValue } from './values.ts';

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

const queries =
  /^(?:query|execute|raw|\$queryRawUnsafe|\$executeRawUnsafe|whereRaw|orderByRaw|havingRaw|selectRaw|joinRaw|literal|run|all|get|each|exec|prepare|unsafe|manyOrNone|oneOrNone|one|any|none)$/;
const sql =
  /\b(?:select\s+[\s\S]*\bfrom|insert\s+into|update\s+\S+\s+set|delete\s+from|where\s|order\s+by|drop\s+table|call\s+\w+\()/i;
const documents =
  /^(?:find|findOne|findOneAnd\w+|findAndModify|updateOne|updateMany|update|deleteOne|deleteMany|remove|count|countDocuments|distinct|exists|where|replaceOne)$/;
const stores =
  /^(?:create|insert|insertOne|insertMany|bulkCreate|build|save|update|updateOne|updateMany|findByIdAndUpdate|findOneAndUpdate|findOneAndReplace|upsert|merge|set|assign|patch|fill|replaceOne|insertAndFetch|patchAndFetchById)$/;

/** Request data in queries, filters, records and keys of objects. */
export function storeFacts(node: Node, source: Source, say: Say): void {
  if (node.type === 'AssignmentExpression') keys(node, source, say);
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
  const tell = (what: FactDetails['sink']['what'], of: Node, confidence: Confidence): void =>
    say('sink', { what, source: brief(of, source) }, node, confidence);
  sqlText(node, source, tell);
  filters(node, source, tell);
  records(node, source, tell);
}

type Tell = (what: FactDetails['sink']['what'], of: Node, confidence: Confidence) => void;

function sqlText(node: Call, source: Source, tell: Tell): void {
  const method = memberName(node.callee) ?? '';
  const [first] = node.arguments;
  if (!queries.test(method) || !first) return;
  const given =
    first.type === 'ObjectExpression'
      ? (optionsOf(first, source).get('sql')?.node ?? optionsOf(first, source).get('text')?.node)
      : first;
  const at = settle(given, source);
  if (!at) return;
  const end = at.node;
  const composed =
    (end.type === 'TemplateLiteral' && end.expressions.length > 0) ||
    (end.type === 'BinaryExpression' && end.operator === '+');
  if (!composed || !sql.test(text(end, at.source)) || textValue(end, at.source) !== undefined)
    return;
  if (tainted(end, at.source)) tell('sql', end, isTested(end, at.source) ? 'low' : 'high');
  else if (at.source === source && holes(end).some((one) => isParameter(one, source)))
    tell('sql', end, 'low');
}

function holes(node: Node): Node[] {
  if (node.type === 'TemplateLiteral') return [...node.expressions];
  if (node.type === 'BinaryExpression') return [...holes(node.left), ...holes(node.right)];
  return [node];
}

const fixedParts =
  /table|column|field|schema|placeholder|limit|offset|order|sort|direction|where|clause|join|sql|query|condition|set|values|params|name$/i;

/** A parameter of the function, or a member of one, whose name does not say that it is a part of the query. */
function isParameter(node: Node, source: Source): boolean {
  const root = node.type === 'MemberExpression' ? node.object : node;
  if (root.type !== 'Identifier' || fixedParts.test(text(node, source))) return false;
  const binding = source.lookup(root.name, root);
  const typed =
    binding?.node.type === 'Identifier' ? text(binding.node.typeAnnotation, source) : '';
  return binding?.kind === 'parameter' && !/number|boolean|bigint|Date\b/.test(typed);
}

/** Whether the project speaks to a document database whose filters have operators. */
function hasDocuments(source: Source): boolean {
  const names = source.world.project?.dependencies;
  const known = /^(?:mongoose|mongodb|monk|mongojs|@nestjs\/mongoose|@typegoose\/typegoose)$/;
  if (names && Object.keys(names).some((one) => known.test(one))) return true;
  return /['"](?:mongoose|mongodb|@nestjs\/mongoose)['"]/.test(source.parsed.text);
}

function cleansKeys(source: Source): boolean {
  const names = Object.keys(source.world.project?.dependencies ?? {});
  return (
    names.some((one) => /^(?:express-mongo-sanitize|mongo-sanitize)$/.test(one)) ||
    [...source.world.sources.values()].some((one) => /sanitizeFilter/.test(one.parsed.text))
  );
}

/** Whether the project has a library that checks bodies: what arrives may have been checked before. */
function hasSchemas(source: Source): boolean {
  const names = Object.keys(source.world.project?.dependencies ?? {});
  return names.some((one) =>
    /^(?:zod|joi|celebrate|express-validator|yup|ajv|class-validator|express-openapi-validator|valibot|@sinclair\/typebox)$/.test(
      one,
    ),
  );
}

function filters(node: Call, source: Source, tell: Tell): void {
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
    else if (isPlain(property.value) && !isTested(property.value, at.source)) {
      tell('nosql', property.value, sure);
      return;
    }
  }
}

function isWholeRequest(node: Node): boolean {
  return (
    node.type === 'MemberExpression' && /^(?:body|query|cookies)$/.test(memberName(node) ?? '')
  );
}

function isPlain(node: Node): boolean {
  return (
    node.type === 'Identifier' ||
    node.type === 'MemberExpression' ||
    node.type === 'ChainExpression'
  );
}

function records(node: Call, source: Source, tell: Tell): void {
  const method = memberName(node.callee) ?? '';
  const name = calleeText(node.callee);
  const made =
    node.type === 'NewExpression' &&
    /^(?:this\.)?(?:\w+\.)*[A-Z]\w*$/.test(name) &&
    !/^(?:URL|URLSearchParams|Map|Set|Date|Error|RegExp|Promise|FormData|Buffer|Function|Proxy|\w*(?:Error|Exception|Event|Command|Query|Dto|Request|Response))$/.test(
      name.split('.').at(-1) ?? '',
    );
  if (name === 'Object.assign') {
    assigned(node, source, tell);
    return;
  }
  if (!made && !stores.test(method)) return;
  if (
    isFrom(
      originOf(node.callee, source),
      /^(?:path|fs|axios|jsonwebtoken|crypto|cookie|zod|joi|lodash)/,
    )
  )
    return;
  // A session, a map or a response is no record.
  if (
    /^(?:res|response|req|request|reply|session|cookies|cache|redis\w*|client|\w*Map|\w*Set|\w*[sS]chema)\b/.test(
      name,
    ) &&
    !made
  )
    return;
  // A record is the first of few arguments, or follows its identifier.
  if (node.arguments.length > (made ? 2 : 3)) return;
  for (const argument of node.arguments.slice(0, made ? 1 : 2)) {
    const body = wholeBody(argument, source);
    if (!body) continue;
    if (handedOn(name, method, made)) continue;
    tell('mass-assignment', body, hasSchemas(source) ? 'low' : 'medium');
    return;
  }
}

/** `usersService.create(req.body)` hands the body on; what is stored is decided there. */
function handedOn(name: string, method: string, made: boolean): boolean {
  if (made) return false;
  const object = name.split('.').at(-2) ?? '';
  if (
    /service|controller|manager|handler|usecase|api|client|validator|logic|provider|bus|queue|store$/i.test(
      object,
    )
  )
    return true;
  return method === 'set' && !/doc|entity|user|model|record/i.test(object);
}

/** The whole body: itself, a spread of it, or as the data of a query builder. */
function wholeBody(node: Node, source: Source): Node | undefined {
  if (isFunction(node)) return undefined;
  const at = settle(node, source);
  const end = at?.node ?? node;
  if (end.type === 'ObjectExpression') {
    for (const one of end.properties) {
      if (one.type === 'SpreadElement') {
        if (isBody(one.argument, at?.source ?? source)) return one.argument;
      } else if (
        /^(?:data|\$set|create|update|values)$/.test(propertyName(one) ?? '') &&
        (isBody(one.value, source) || one.value.type === 'ObjectExpression')
      ) {
        const inner = isBody(one.value, source) ? one.value : wholeBody(one.value, source);
        if (inner) return inner;
      }
    }
    return undefined;
  }
  return isBody(node, source) ? node : undefined;
}

function isBody(node: Node, source: Source): boolean {
  const found = tainted(node, source);
  if (!found || found.checked || !/^(?:body|query)$/.test(found.from)) return false;
  const end = settle(node, source)?.node ?? node;
  if (end.type === 'MemberExpression') return memberName(end) === found.from;
  if (end.type !== 'Identifier') return false;
  const binding = source.lookup(end.name, end);
  if (binding?.kind === 'parameter') {
    // `@Body('name') name` is one field.
    const nest = binding.path.length === 0 && decoratorOf(binding.node) === 'Body';
    const list =
      'decorators' in binding.node && Array.isArray(binding.node.decorators)
        ? binding.node.decorators
        : [];
    const field = list.some(
      (one) =>
        one.expression.type === 'CallExpression' && one.expression.arguments[0]?.type === 'Literal',
    );
    return (nest && !field) || (binding.path.length === 1 && binding.path[0] === 'body');
  }
  // `const { body } = req`
  return binding?.path.length === 1 && binding.path[0] === 'body';
}

/** `Object.assign(record, body)`, also with what was parsed from somebody's text. */
function assigned(node: Call, source: Source, tell: Tell): void {
  const [target, ...parts] = node.arguments;
  if (!target || target.type === 'ObjectExpression') return;
  for (const part of parts) {
    if (wholeBody(part, source)) {
      tell('mass-assignment', part, hasSchemas(source) ? 'low' : 'medium');
      return;
    }
    const at = settle(part, source)?.node ?? part;
    if (at.type !== 'CallExpression' || calleeText(at.callee) !== 'JSON.parse') continue;
    const [input] = at.arguments;
    if (!input || textValue(input, source) !== undefined) continue;
    const binding = input.type === 'Identifier' ? source.lookup(input.name, input) : undefined;
    if (tainted(input, source)) tell('mass-assignment', part, 'medium');
    else if (binding?.kind === 'parameter') tell('mass-assignment', part, 'low');
    else continue;
    return;
  }
}

/** `items[req.query.name] = …` where the request also chose `items`. */
function keys(
  node: Extract<Node, { type: 'AssignmentExpression' }>,
  source: Source,
  say: Say,
): void {
  const { left } = node;
  if (left.type !== 'MemberExpression' || !left.computed || !tainted(left.property, source)) return;
  const object = settle(left.object, source)?.node ?? left.object;
  const chosen = chosenByRequest(left.object, source) || chosenByRequest(object, source);
  if (!chosen) return;
  const [fn] = functionsAround(node, source);
  const around = fn ? codeOf(fn, source) : '';
  if (/__proto__|prototype|constructor|hasOwn|Object\.create\(null\)|new Map\(/.test(around))
    return;
  say('sink', { what: 'prototype', source: brief(left, source) }, node);
}

function chosenByRequest(node: Node, source: Source): boolean {
  if (node.type === 'MemberExpression')
    return node.computed && tainted(node.property, source) !== undefined;
  if (node.type === 'AssignmentExpression') return chosenByRequest(node.left, source);
  if (node.type === 'LogicalExpression')
    return chosenByRequest(node.left, source) || chosenByRequest(node.right, source);
  if (node.type !== 'Identifier') return false;
  const binding = source.lookup(node.name, node);
  return (
    binding !== undefined &&
    [binding.init, ...binding.assigned].some(
      (one) => one != null && one !== node && chosenByRequest(one, source),
    )
  );
}
