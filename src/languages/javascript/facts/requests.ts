import type { Node } from '../parse.ts';
import type { Binding } from './bindings.ts';
import { chain, type Fn, isFunction, memberName } from './patterns.ts';
import { isFrom, originOf, type Source, text } from './source.ts';
import { calleeText } from './values.ts';

/** Members of a request that its sender chooses. */
const sent =
  /^(?:query|body|params|headers|cookies|signedCookies|url|originalUrl|path|rawBody|rawHeaders|hostname|host|baseUrl)$/;

const reads = /^(?:get|header|param|query)$/;

const verbs = /^(?:get|post|put|patch|delete|all|use|head|options|param)$/;

/** What hands a value on as it came. */
const passes =
  /^(?:String|decodeURIComponent|decodeURI|JSON\.parse|Object\.assign|Object\.freeze|structuredClone|Buffer\.from|util\.format|unescape|path\.(?:join|resolve|normalize)|join|resolve|url\.parse|atob|qs\.parse|querystring\.parse)$/;

const keeps =
  /^(?:trim\w*|toLowerCase|toUpperCase|toString|concat|slice|substring|substr|split|join|replace\w*|at|pop|shift|normalize|padStart|padEnd|href|pathname|map|filter)$/;

/** Calls that leave nothing dangerous of a text. */
const cleans =
  /escape|saniti[sz]e|encode|clean|basename|strip|parseInt|parseFloat|Number|Boolean|ObjectId|slugify|hash/i;

/** Request data that an expression holds. */
export interface Tainted {
  /** The request's member that it comes from: `query`, `body`, `params`, … */
  from: string;
  /** The value went through a schema. */
  checked: boolean;
}

/** Whether an identifier is the request object of a handler. */
export function isRequest(node: Node | null | undefined, source: Source): boolean {
  if (node?.type !== 'Identifier') return false;
  const binding = source.lookup(node.name, node);
  if (binding === undefined) return /^req(?:uest)?$/.test(node.name);
  return (
    binding.kind === 'parameter' && binding.path.length === 0 && isRequestParameter(binding, source)
  );
}

function isRequestParameter({ node, fn, index, name }: Binding, source: Source): boolean {
  if (/^_?(?:req|request)$/i.test(name)) return true;
  const typed = node.type === 'Identifier' ? text(node.typeAnnotation, source) : '';
  if (/\b(?:\w*Request|IncomingMessage)\b/.test(typed)) return true;
  return fn !== undefined && isFunction(fn) && isHandlerPosition(fn, index ?? 0, source);
}

/** `(a, b) => …` given to a router: its first parameter is the request. */
function isHandlerPosition(fn: Fn, index: number, source: Source): boolean {
  const parent = source.parentOf(fn);
  if (parent?.type !== 'CallExpression' || parent.callee.type !== 'MemberExpression') return false;
  if (!verbs.test(memberName(parent.callee) ?? '') || fn.params.length < 2 || fn.params.length > 4)
    return false;
  return index === (fn.params.length === 4 ? 1 : 0);
}

/** The name of a parameter's Nest decorator: `Body`, `Query`, `Param`, … */
export function decoratorOf(node: Node): string | undefined {
  const list = 'decorators' in node && Array.isArray(node.decorators) ? node.decorators : [];
  return (
    list
      .map((one) => calleeText(one.expression))
      .find((name) => /^(?:Body|Query|Param|Headers|Req|Request|UploadedFile)$/.test(name)) ??
    undefined
  );
}

/** Request data inside an expression; `undefined` where there is none or it was made harmless. */
export function tainted(
  node: Node | null | undefined,
  source: Source,
  depth = 0,
): Tainted | undefined {
  if (!node || depth > 10) return undefined;
  const next = (one: Node | null | undefined) => tainted(one, source, depth + 1);
  const first = (ones: readonly (Node | null | undefined)[]): Tainted | undefined => {
    for (const one of ones) {
      const found = next(one);
      if (found) return found;
    }
    return undefined;
  };
  switch (node.type) {
    case 'Identifier':
      return fromName(node, source, depth);
    case 'MemberExpression': {
      const { root, path } = chain(node);
      if (isRequest(root, source)) {
        const [member = ''] = path;
        return sent.test(member) ? { from: member, checked: false } : undefined;
      }
      if (memberName(node) === 'length') return undefined;
      return next(node.object);
    }
    case 'CallExpression':
    case 'NewExpression':
      return fromCall(node, source, depth);
    case 'TemplateLiteral':
      return first(node.expressions);
    case 'BinaryExpression':
      return node.operator === '+' ? first([node.left, node.right]) : undefined;
    case 'LogicalExpression':
      return first([node.left, node.right]);
    case 'ConditionalExpression':
      return first([node.consequent, node.alternate]);
    case 'ArrayExpression':
      return first(node.elements);
    case 'ObjectExpression':
      return first(
        node.properties.map((one) => (one.type === 'Property' ? one.value : one.argument)),
      );
    case 'SpreadElement':
    case 'AwaitExpression':
      return next(node.argument);
    case 'ChainExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
      return next(node.expression);
    default:
      return undefined;
  }
}

function fromName(
  node: Extract<Node, { type: 'Identifier' }>,
  source: Source,
  depth: number,
): Tainted | undefined {
  const binding = source.lookup(node.name, node);
  if (binding === undefined) return undefined;
  if (binding.kind === 'parameter') {
    const nest = decoratorOf(binding.node);
    if (nest !== undefined && /^(?:Body|Query|Param|Headers)$/.test(nest)) {
      return { from: nest.toLowerCase(), checked: hasShape(binding.node, source) };
    }
    const [member = ''] = binding.path;
    const whole = { ...binding, path: [] };
    return sent.test(member) && isRequestParameter(whole, source)
      ? { from: member, checked: false }
      : undefined;
  }
  if (binding.kind !== 'variable') return undefined;
  for (const value of [binding.init, ...binding.assigned]) {
    if (!value) continue;
    if (isRequest(value, source)) {
      const [member = ''] = binding.path;
      if (sent.test(member)) return { from: member, checked: false };
      continue;
    }
    const found = tainted(value, source, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** `@Body() dto: CreateUserDto` has a class; `any`, `object` and `Record` have none. */
function hasShape(node: Node, source: Source): boolean {
  const typed =
    node.type === 'Identifier' ? text(node.typeAnnotation, source).replace(/^:\s*/, '') : '';
  return typed !== '' && !/^(?:any|unknown|object|string|Record\b|\{)/.test(typed);
}

function fromCall(
  node: Extract<Node, { type: 'CallExpression' | 'NewExpression' }>,
  source: Source,
  depth: number,
): Tainted | undefined {
  const { callee } = node;
  const name = calleeText(callee);
  const last = name.split('.').at(-1) ?? '';
  if (callee.type === 'MemberExpression' && isRequest(callee.object, source) && reads.test(last)) {
    return {
      from: last === 'param' ? 'params' : last === 'query' ? 'query' : 'headers',
      checked: false,
    };
  }
  if (
    /^(?:safe)?[pP]arse(?:Async)?$|^validate(?:Async|Sync)?$|^cast$|^matchedData$/.test(last) &&
    name !== 'JSON.parse'
  ) {
    const inner = tainted(node.arguments[0], source, depth + 1);
    if (inner && !/^(?:path|url|qs|querystring)\./.test(name)) return { ...inner, checked: true };
  }
  if (cleans.test(last)) return undefined;
  if (
    passes.test(name) ||
    name === 'URL' ||
    isFrom(originOf(callee, source), /^path$/, /join|resolve|normalize/)
  ) {
    for (const argument of node.arguments) {
      const found = tainted(argument, source, depth + 1);
      if (found) return found;
    }
    return undefined;
  }
  if (callee.type === 'MemberExpression' && keeps.test(last))
    return tainted(callee.object, source, depth + 1);
  return undefined;
}

/** Whether a text begins with something that the source fixes: `/path/${x}`, `https://host/${x}`, `${base}/${x}`. */
export function startsFixed(node: Node, source: Source): boolean {
  if (node.type === 'TemplateLiteral') {
    const head = node.quasis[0]?.value.cooked ?? '';
    if (head !== '') return !isOpenHead(head);
    const [hole] = node.expressions;
    return hole !== undefined && tainted(hole, source) === undefined;
  }
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return false;
  const { left } = node;
  if (left.type === 'Literal') return !isOpenHead(String(left.value));
  if (left.type === 'BinaryExpression' || left.type === 'TemplateLiteral') {
    return startsFixed(left, source);
  }
  return tainted(left, source) === undefined;
}

/** What follows may still choose the host: nothing yet, one or two slashes, or a host without its end. */
function isOpenHead(head: string): boolean {
  return /^(?:\/?|(?:https?:)?\/\/[^/?#]*)$/.test(head);
}
