import { field, type GoNode, stringOf, walk } from '../../languages/go/parse.ts';
import type { FactDetails } from '../../surface/facts.ts';

type Cors = FactDetails['cors'];

export interface Policy {
  detail: Cors;
  node: GoNode;
}

const library = 'gin-contrib/cors';

/** CORS policies of one function: `cors.Config`, `cors.DefaultConfig()` with its assignments, headers by hand. */
export function corsIn(func: GoNode): Policy[] {
  const found: Policy[] = [];
  for (const node of walk(func)) {
    const name = node.type === 'call_expression' ? (field(node, 'function')?.text ?? '') : '';
    if (name === 'cors.Default')
      found.push({ detail: { origins: 'any', credentials: false, library }, node });
    const isConfig =
      node.type === 'composite_literal' && field(node, 'type')?.text === 'cors.Config';
    if (!isConfig && name !== 'cors.DefaultConfig') continue;
    found.push({ detail: policyOf(settings(node, func)), node });
  }
  const set = byHand(func);
  return set === undefined ? found : [...found, set];
}

/** What the literal says, and what is assigned to its variable afterwards. */
function settings(node: GoNode, func: GoNode): Map<string, GoNode> {
  const found = new Map<string, GoNode>();
  for (const kid of field(node, 'body')?.kids ?? []) {
    const value = kid.type === 'keyed_element' ? field(kid, 'value') : undefined;
    if (value !== undefined) found.set(field(kid, 'key')?.text ?? '', value.kids[0] ?? value);
  }
  const name = variableOf(node, func);
  for (const one of name === undefined ? [] : walk(func)) {
    if (one.type !== 'assignment_statement') continue;
    const [target] = field(one, 'left')?.kids ?? [];
    const [value] = field(one, 'right')?.kids ?? [];
    if (target?.type !== 'selector_expression' || value === undefined) continue;
    if (field(target, 'operand')?.text !== name) continue;
    found.set(field(target, 'field')?.text ?? '', value);
  }
  return found;
}

function variableOf(node: GoNode, func: GoNode): string | undefined {
  for (const one of walk(func)) {
    if (one.type !== 'short_var_declaration' && one.type !== 'var_spec') continue;
    const right = field(one, 'right') ?? field(one, 'value');
    if (right !== undefined && [...walk(right)].includes(node))
      return (field(one, 'left')?.kids[0] ?? field(one, 'name'))?.text;
  }
  return undefined;
}

function policyOf(given: ReadonlyMap<string, GoNode>): Cors {
  const credentials = given.get('AllowCredentials')?.text === 'true';
  const origins = given.get('AllowOrigins');
  const chooses = given.get('AllowOriginFunc') ?? given.get('AllowOriginWithContextFunc');
  const list = origins === undefined ? [] : textsOf(origins);
  const base = { credentials, library };
  if (given.get('AllowAllOrigins')?.text === 'true' || list?.includes('*'))
    return { ...base, origins: 'any' };
  if (chooses !== undefined) {
    const always = /^func[^{]*\{\s*return true\s*\}$/s.test(chooses.text);
    return { ...base, origins: always ? 'reflected' : 'function' };
  }
  if (list === undefined || given.has('AllowAllOrigins')) return { ...base, origins: 'unknown' };
  return { ...base, origins: 'list', list };
}

/** Literal texts of a list; `undefined` where one of them, or the list, comes from elsewhere. */
function textsOf(node: GoNode): string[] | undefined {
  if (node.type !== 'composite_literal') return undefined;
  const items = (field(node, 'body')?.kids ?? []).map((kid) => stringOf(kid.kids[0] ?? kid));
  return items.every((one) => one !== undefined) ? items : undefined;
}

const header = /"Access-Control-Allow-Origin"\s*,\s*([^\n]+?)\)\s*(?:\n|$|;|\})/i;

/** `c.Header("Access-Control-Allow-Origin", origin)`, of the innermost function that says it. */
function byHand(func: GoNode): Policy | undefined {
  const set = header.exec(func.text);
  const inner = [...walk(func)].some(
    (one) => one !== func && one.type === 'func_literal' && header.test(one.text),
  );
  if (set === null || inner) return undefined;
  const value = (set[1] ?? '').trim();
  const credentials = /"Access-Control-Allow-Credentials"\s*,\s*"true"/i.test(func.text);
  const literal = /^"([^"]*)"$/.exec(value)?.[1];
  const echoes =
    new RegExp(
      String.raw`${escaped(value)}\s*:?=\s*[^\n]*(?:GetHeader\("Origin"\)|Header\.Get\("Origin"\))`,
      'i',
    ).test(func.text) || /"Origin"/i.test(value);
  const compares = new RegExp(
    String.raw`(?:==|!=|\[|\(|,\s*)\s*${escaped(value)}\s*(?:\]|\)|==|!=|\{)`,
  ).test(
    func.text
      .replace(set[0], '')
      .replace(new RegExp(String.raw`${escaped(value)}\s*!=\s*""`, 'g'), ''),
  );
  const node = { ...func, line: func.line + func.text.slice(0, set.index).split('\n').length - 1 };
  if (literal === '*')
    return { detail: { origins: credentials ? 'reflected' : 'any', credentials }, node };
  if (literal !== undefined)
    return { detail: { origins: 'list', list: [literal], credentials }, node };
  const origins = echoes && !compares ? 'reflected' : 'unknown';
  return { detail: { origins, credentials }, node };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
