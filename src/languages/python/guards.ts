import type { Credential, Guard, GuardKind } from '../../surface/surface.ts';
import { guard } from './describe.ts';
import { type PyNode, walk } from './parse.ts';
import { type Func, type Module, nameOf } from './values.ts';

/** What a function of the project does as a guard: by the errors that it raises. */
export function kindsByBody(func: Func, depth = 0): GuardKind[] {
  const kinds = new Set<GuardKind>();
  // A function that may answer None lets the anonymous caller pass, whatever its callees refuse.
  const lets =
    /optional|or_none/i.test(func.name) ||
    /Optional\[|\bNone\b/.test(func.node.field('return_type')?.text ?? '');
  for (const node of walk(func.node)) {
    const text = refusal(node);
    if (text !== undefined) {
      if (/\b401\b|UNAUTHORIZED|Unauthorized|NotAuthenticated|[Cc]redential/.test(text))
        kinds.add('auth');
      if (/\b403\b|FORBIDDEN|Forbidden|[Pp]ermission/.test(text)) kinds.add('authz');
      if (/\b429\b|TOO_MANY/.test(text)) kinds.add('ratelimit');
      if (/\b400\b|\b422\b|ValidationError/.test(text)) kinds.add('validation');
    }
    if (node.type !== 'call' || depth > 2 || lets) continue;
    const target = node.field('function');
    const callee = target?.type === 'identifier' ? func.module.names.get(target.text) : undefined;
    if (callee?.t === 'func' && callee.node !== func.node) {
      for (const kind of kindsByBody(callee, depth + 1)) kinds.add(kind);
    }
  }
  if (kinds.has('auth') || kinds.has('authz')) kinds.delete('validation');
  return [...kinds];
}

/** The text of what refuses a request: `raise X(401)`, `abort(403)`, `return …, 401`, `redirect(login)`. */
function refusal(node: PyNode): string | undefined {
  if (node.type === 'raise_statement') return node.text;
  if (node.type === 'call' && /(?:^|\.)abort$/.test(node.field('function')?.text ?? ''))
    return node.text;
  if (node.type !== 'return_statement') return undefined;
  if (/redirect\(.*login/.test(node.text)) return '401';
  return /\b(?:401|403|429)\b|unauthorized\(|forbidden\(/i.test(node.text) ? node.text : undefined;
}

const caller = String.raw`(?:current_user|g\.user|request\.user|identity|get_jwt_identity\(\))`;
const asks = new RegExp(
  String.raw`(?:==|!=|\bis\b|\bin\b)\s*[\w.]*${caller}|${caller}[\w.()[\]'"]*\s*(?:==|!=|\bis\b|\bnot\s+in\b|\bin\b)`,
);
const selects = new RegExp(
  String.raw`\b(?:filter_by|filter|where|find\w*|get_or_404|exists)\((?:[^()]|\([^()]*\))*?(?:author|owner|user|account|creator|created_by|profile)\w*\s*==?\s*[\w.]*${caller}`,
);

/** A handler, or a function that it calls, that lets only the owner of an object pass. */
export function ownerGuard(func: Func): Guard[] {
  const texts = [func.node.text, ...calleesOf(func).map((one) => one.node.text)];
  const compares = texts.some(
    (text) => asks.test(text) && /\b40[13]\b|FORBIDDEN|Forbidden|is_superuser/.test(text),
  );
  if (!compares && !texts.some((text) => selects.test(text))) return [];
  const more = { confidence: 'medium', detail: { owner: true } } as const;
  return [guard(`${func.name} itself`, ['authz'], 'route', func.place, more)];
}

/** Functions of the project that a function calls by name. */
function calleesOf(func: Func): Func[] {
  return [...walk(func.node)].flatMap((node) => {
    const target = node.type === 'call' ? node.field('function') : undefined;
    const found = target?.type === 'identifier' ? func.module.names.get(target.text) : undefined;
    return found?.t === 'func' && found.node !== func.node ? [found] : [];
  });
}

/** Credentials that a function reads: by its text, and by what the names in it are imported from. */
export function credentialsIn({
  node: { text },
  module,
}: Pick<Func, 'node' | 'module'>): Credential[] {
  const found: Credential[] = [];
  const isOf = (name: string, library: RegExp): boolean =>
    new RegExp(String.raw`\b${name}\b`).test(text) && library.test(importedFrom(module, name));
  if (
    /Bearer|OAuth2PasswordBearer|HTTPBearer|[aA]uthorization|jwt\./.test(text) ||
    isOf('current_user', /jwt/) ||
    isOf('get_jwt_identity', /jwt/)
  )
    found.push('bearer');
  if (
    /\bcookies\b|request\.session\b/.test(text) ||
    isOf('current_user', /^flask_(?:login|security|user)\b/) ||
    isOf('session', /^flask\b/)
  )
    found.push('cookie');
  if (/x-api-key|api_?key/i.test(text)) found.push('apikey');
  if (/HTTPBasic|request\.authorization/.test(text)) found.push('basic');
  if (/hmac\.|[sS]ignature/.test(text)) found.push('signature');
  return found;
}

function importedFrom(module: Module, name: string): string {
  return nameOf(module.names.get(name));
}
