import { member } from './evaluate.ts';
import { type PyNode, walk } from './parse.ts';
import type { Class, Func, Scope, Value } from './values.ts';

/** What a function says when it refuses, and everything that was read to learn it. */
export interface Refusals {
  /** One text for each `raise`, `abort` and refusing `return`, with the class that is raised. */
  said: string[];
  /** For each of them the conditions under which it is said. */
  under: string[];
  /** The function and what it calls in the project. */
  read: string[];
}

const deepest = 4;

/** How a function refuses a request, itself and through functions of the project that it calls. */
export function refusalsOf(func: Func): Refusals {
  const known = read.get(func.node);
  if (known !== undefined) return known;
  const found: Refusals = { said: [], under: [], read: [] };
  collect(func, found, new Set(), 0, '');
  read.set(func.node, found);
  return found;
}

/** Functions that guard many routes are read once. */
const read = new WeakMap<PyNode, Refusals>();

function collect(
  func: Func,
  found: Refusals,
  seen: Set<PyNode>,
  depth: number,
  outer: string,
): void {
  if (seen.has(func.node)) return;
  seen.add(func.node);
  found.read.push(func.node.text);
  const passes = mayAnswerNone(func);
  const visit = (node: PyNode, swallowed: boolean, under: string): void => {
    const text = refusal(node);
    if (text !== undefined && !swallowed) {
      found.said.push(text + meaning(node, func));
      found.under.push(under);
    }
    if (node.type === 'call' && depth < deepest && !passes && !swallowed) {
      const target = node.field('function');
      // `require_permission("admin")(fn)` goes through what the first call makes.
      const made = target?.type === 'call' ? target.field('function') : target;
      const callee = callable(resolve(made, func));
      if (callee !== undefined) collect(callee, found, seen, depth + 1, under);
    }
    const branch = node.type === 'if_statement' || node.type === 'elif_clause';
    const inside = branch ? `${under} ${node.field('condition')?.text ?? ''}` : under;
    for (const kid of node.kids) {
      const inTry = node.type === 'try_statement' && kid === node.field('body');
      // What is refused to somebody who is signed in says nothing of the others.
      const known = isKnownCaller(node) && kid === node.field('consequence');
      visit(kid, swallowed || known || (inTry && swallows(node)), inside);
    }
  };
  for (const kid of func.node.kids) visit(kid, false, outer);
}

const signedIn =
  /^(?:[\w.]*\b(?:authed|is_authenticated|authenticated|is_logged_in|logged_in)\b(?:\(\))?|current_user|user|g\.user|request\.user|\w*token|auth\w*|credentials|api_?key|session\.get\([^)]*\)|['"]\w+['"] in session)(?:$|\s+and\b)/;

function isKnownCaller(node: PyNode): boolean {
  if (node.type !== 'if_statement' && node.type !== 'elif_clause') return false;
  const [asked = ''] = (node.field('condition')?.text ?? '').split(/\s+and\s+/);
  return signedIn.test(asked) && !/\bnot\b|!=|is\s+None|\bor\b/.test(asked);
}

/** The text of what refuses a request: `raise X(401)`, `abort(403)`, `return …, 401`, `redirect(login)`. */
export function refusal(node: PyNode): string | undefined {
  if (node.type === 'raise_statement') return again.test(node.text) ? undefined : node.text;
  if (node.type === 'call' && /(?:^|\.)abort$/.test(node.field('function')?.text ?? ''))
    return node.text;
  if (node.type === 'assignment' && /\bstatus_code$/.test(node.field('left')?.text ?? ''))
    return /\b(?:401|403|429)\b/.test(node.text) ? node.text : undefined;
  if (node.type !== 'return_statement') return undefined;
  if (/redirect\w*\(.*(?:log_?in|sign_?in|unauthori)/is.test(node.text)) return '401';
  const refuses =
    /\b(?:401|403|429)\b|(?:unauthori[sz]ed|forbidden|too_many_requests)\b|login_manager\./i;
  return refuses.test(node.text) ? node.text : undefined;
}

/** An error that is handed on is no refusal of its own. */
const again =
  /^raise(?:\s+(?:e|ex|exc|err|error|exception|\w+_(?:exc|error|err)))?(?:\s+from\s+\w+)?$/;

/** What the raised name stands for: the text of its class, of the bases, or of the value that it holds. */
function meaning(node: PyNode, func: Func): string {
  if (node.type !== 'raise_statement' && node.type !== 'return_statement') return '';
  const [raised] = node.kids;
  const name = raised?.type === 'call' ? raised.field('function') : raised;
  if (name?.type === 'identifier') {
    const held = assigned(func.node, name.text);
    if (held !== undefined) return ` ${held.text}`;
  }
  const value = resolve(name, func);
  if (value?.t === 'class') return ` ${classText(value)}`;
  if (value?.t === 'func') return node.type === 'raise_statement' ? ` ${value.node.text}` : '';
  if (value?.t !== 'obj') return '';
  return ` ${value.node.text} ${value.cls === undefined ? '' : classText(value.cls)}`;
}

/** A class and what it inherits, as it is written. */
export function classText(cls: Class, depth = 0): string {
  const bases = cls.bases.flatMap((base) =>
    base.t === 'class' && depth < 3 ? [classText(base, depth + 1)] : [],
  );
  return [cls.node.text, ...bases].join('\n');
}

function assigned(within: PyNode, name: string): PyNode | undefined {
  for (const node of walk(within)) {
    if (node.type === 'assignment' && node.field('left')?.text === name) return node.field('right');
  }
  return undefined;
}

/** What a dotted name inside a function stands for, without running anything. */
export function resolve(node: PyNode | undefined, func: Func): Value | undefined {
  if (node?.type === 'identifier') {
    if (node.text === 'self' || node.text === 'cls') return func.self ?? func.owner;
    for (let at: Scope | undefined = func.scope; at !== undefined; at = at.parent) {
      const found = at.names.get(node.text);
      if (found !== undefined) return found;
    }
    return classOfParameter(node.text, func);
  }
  if (node?.type === 'call') {
    const made = resolve(node.field('function'), func);
    return made?.t === 'class' ? made : undefined;
  }
  if (node?.type !== 'attribute') return undefined;
  const of = resolve(node.field('object'), func);
  const name = node.field('attribute')?.text ?? '';
  if (of?.t === 'module') return of.names.get(name);
  if (of?.t === 'class') return member(of, name);
  if (of?.t !== 'obj') return undefined;
  return of.attrs.get(name) ?? (of.cls === undefined ? undefined : member(of.cls, name));
}

/** The class of the project that a parameter is annotated with. */
function classOfParameter(name: string, func: Func): Value | undefined {
  const parameters = func.node.field('parameters')?.kids ?? [];
  const own = parameters.find((kid) => (kid.field('name') ?? kid.kids[0])?.text === name);
  const type = own?.field('type');
  for (const node of type === undefined ? [] : walk(type)) {
    const value = node.type === 'identifier' ? func.module.names.get(node.text) : undefined;
    if (value?.t === 'class') return value;
  }
  return undefined;
}

function callable(value: Value | undefined): Func | undefined {
  if (value?.t === 'func') return value;
  const cls = value?.t === 'class' ? value : value?.t === 'obj' ? value.cls : undefined;
  const called = cls === undefined ? undefined : member(cls, '__call__');
  return called?.t === 'func' ? called : undefined;
}

/** An `except` that takes the refusal and goes on. */
function swallows(node: PyNode): boolean {
  return node.kids.some((clause) => {
    if (clause.type !== 'except_clause') return false;
    const [type] = clause.kids;
    const takes = type?.type === 'block' || /Exception\b/.test(type?.text ?? '');
    return takes && ![...walk(clause)].some((one) => refusal(one) !== undefined);
  });
}

const absent = /^(?:not\s+[\w.]+|[\w.]+(?:\(.*\))?\s+is\s+None|[\w.]+\s*==\s*None)$/s;
const identity = /token|credential|authori[sz]ation|header|cookie|user|session|payload|claims/i;

/** A function that answers None to a caller without a credential lets that caller pass. */
export function mayAnswerNone(func: Func): boolean {
  if (/optional|or_none|maybe/i.test(func.name)) return true;
  const returns = func.node.field('return_type')?.text ?? '';
  if (/Optional\[|\|\s*None|None\s*\|/.test(returns) && !neverNone(func)) return true;
  return [...walk(func.node)].some((node) => {
    if (node.type !== 'if_statement') return false;
    const asked = node.field('condition')?.text ?? '';
    return absent.test(asked) && identity.test(asked) && answersNone(node.field('consequence'));
  });
}

function answersNone(block: PyNode | undefined): boolean {
  const last = block?.kids.at(-1);
  if (last?.type !== 'return_statement') return false;
  return last.kids.length === 0 || last.kids[0]?.type === 'none';
}

/** An annotation that admits None on a function that raises instead and has no `return None`. */
function neverNone(func: Func): boolean {
  const nodes = [...walk(func.node)];
  const none = nodes.some(
    (node) =>
      node.type === 'return_statement' && (node.kids.length === 0 || node.kids[0]?.type === 'none'),
  );
  return !none && nodes.some((node) => node.type === 'raise_statement');
}
