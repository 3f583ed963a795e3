import type { FactDetails } from '../../../surface/facts.ts';
import type { Confidence } from '../../../surface/surface.ts';
import { type Node, propertyName } from '../parse.ts';
import { isFunction, memberName } from './patterns.ts';
import { type Call, filters, hasSchemas, sqlText, type Tell } from './queries.ts';
import { decoratorOf, isRequest, tainted } from './requests.ts';
import { brief, codeOf, isFrom, originOf, type Say, type Source } from './source.ts';
import { functionsAround } from './tested.ts';
import { calleeText, settle, textValue } from './values.ts';

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
  // Who gets the whole request decides on its own what is stored.
  if (node.arguments.some((one) => isRequest(one, source))) return;
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
  const record = target && settle(target, source)?.node;
  if (
    !record ||
    !/^(?:Identifier|MemberExpression|ThisExpression|AwaitExpression)$/.test(target.type)
  )
    return;
  if (record.type === 'ObjectExpression') return;
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
