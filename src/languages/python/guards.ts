import type { Credential, Guard, GuardKind, Place } from '../../surface/surface.ts';
import { comparesSecret } from './compared.ts';
import { guard } from './describe.ts';
import { walk } from './parse.ts';
import { pathScope } from './path-scope.ts';
import { classText, mayAnswerNone, refusal, refusalsOf } from './refusals.ts';
import { type Class, type Func, type Module, nameOf } from './values.ts';

const meanings: readonly (readonly [GuardKind, RegExp])[] = [
  [
    'auth',
    /\b401\b|unauthori[sz]ed|unauthenticated|not_?authenticated|credential|authentication|invalid_?token|token_?(?:expired|invalid|missing)|JWT\w*(?:Error|Exception)|login_manager\.|WebSocketException|WS_1008/i,
  ],
  ['authz', /\b403\b|forbidden|permission|access_?denied|insufficient/i],
  ['ratelimit', /\b429\b|too_?many|rate_?limit|throttl/i],
  ['validation', /\b400\b|\b422\b|ValidationError|bad_?request/i],
];
/** Nobody is told apart without one of these. */
const asksWho =
  /token|user|auth|session|cookie|credential|api_?key|jwt|role|permission|scope|admin|identity|login|passw|signature|secret|claim|principal|account|owner/i;

const addresses =
  /^(?:check_?)?ip|ip_(?:filter|list|white|black|allow)|host|origin|white_?list|allow_?list|black_?list|geo|country|maintenance/i;

/** What a function of the project does as a guard: by the errors that it raises. */
export function kindsByBody(func: Func): GuardKind[] {
  const { said, read } = refusalsOf(func);
  const kinds = new Set<GuardKind>();
  for (const text of said) {
    for (const [kind, pattern] of meanings) if (pattern.test(text)) kinds.add(kind);
  }
  if (comparesSecret(func)) kinds.add('auth');
  if (kinds.has('auth') || kinds.has('authz')) kinds.delete('validation');
  if (/csrf|xsrf/i.test(func.name) && kinds.size > 0) return ['csrf'];
  // Who may call without a credential is known afterwards, and not refused.
  if (mayAnswerNone(func)) {
    kinds.delete('auth');
    kinds.delete('authz');
  }
  if (!kinds.has('auth') && !kinds.has('authz')) return [...kinds];
  const byAddress = !kinds.has('auth') && addresses.test(func.name);
  if (!byAddress && read.some((text) => asksWho.test(text))) return [...kinds];
  // It refuses somebody, and not by who they are: a host, a network, an origin.
  return [...[...kinds].filter((kind) => kind !== 'auth' && kind !== 'authz'), 'unknown'];
}

/** A function of the project that runs before every request, with the paths that it leaves out. */
export function requestGuard(
  func: Func,
  scope: Guard['scope'],
  place: Place,
  name = func.name,
): Guard {
  const headers = headersIn(func.node.text);
  const credential = credentialsIn(func)[0];
  const detail: Guard['detail'] = {
    ...pathScope(func),
    credential,
    ...(headers.length > 0 ? { headers } : {}),
  };
  const own = kindsByBody(func);
  const asks = own.includes('auth') || asksForRights(func);
  // The state of the application, an address or a host decide there, not who calls.
  const decided = asks ? own : own.map((kind) => (kind === 'authz' ? 'unknown' : kind));
  const kinds = [...decided, ...answerKinds(func.node.text)];
  const confidence = detail.somewhere === true ? 'low' : 'medium';
  return guard(name, kinds, scope, place, { confidence, detail });
}

/** Whether a 403 is said on a condition that looks at the caller. */
function asksForRights(func: Func): boolean {
  const { said, under } = refusalsOf(func);
  return said.some((text, at) => {
    // A name of an endpoint in the condition is no look at the caller.
    const asked = (under[at] ?? '').replace(/(['"]).*?\1/g, '').trim();
    return meanings[1]?.[1].test(text) && (asked === '' || asksWho.test(asked));
  });
}

/** What a function does to every answer. */
export function answerKinds(text: string): GuardKind[] {
  const kinds: GuardKind[] = [];
  if (headersIn(text).length > 0) kinds.push('headers');
  if (/Access-Control-Allow-Origin/i.test(text)) kinds.push('cors');
  const logs = /\blog(?:ger|ging)?\.(?:info|debug|warning|error|log)\(/.test(text);
  if (logs && /request\.(?:method|url|path)|status_code/.test(text)) kinds.push('logging');
  return kinds;
}

/** Names of the security headers that a text sets. */
export function headersIn(text: string): string[] {
  const names =
    /['"]((?:X-Frame-Options|X-Content-Type-Options|Strict-Transport-Security|Content-Security-Policy|Referrer-Policy|Permissions-Policy|Cross-Origin-[\w-]+-Policy))['"]/gi;
  return [...new Set([...text.matchAll(names)].map((match) => match[1] ?? ''))];
}

/** Whether what a function says when it refuses is understood, or is no refusal of a caller. */
export function isUnderstood(func: Func): boolean {
  return refusalsOf(func).said.every(
    (text) =>
      meanings.some(([, pattern]) => pattern.test(text)) ||
      /[45]\d\d|not_?found|conflict|unavailable|(?:Value|Type|Key|Index|Runtime|NotImplemented|Attribute|Lookup|Assertion|Import|OS|IO|Timeout|Connection|Config\w*|SQLAlchemy|Database|Operational|Integrity|Stop\w*)(?:Error|Iteration)?\b/i.test(
        text,
      ),
  );
}

/** What a class refuses in its methods, or names as the error to be raised for it. */
export function kindsOfClass(cls: Class): GuardKind[] {
  const kinds = new Set<GuardKind>();
  for (const value of cls.members.values()) {
    if (value.t === 'func') for (const kind of kindsByBody(value)) kinds.add(kind);
    if (value.t !== 'class') continue;
    for (const [kind, pattern] of meanings) if (pattern.test(classText(value))) kinds.add(kind);
  }
  if (kinds.has('auth')) kinds.delete('validation');
  if (kinds.has('auth') && /admin|role|permission|owner|superuser|staff/i.test(cls.name))
    kinds.add('authz');
  return [...kinds];
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

const knowsCaller =
  /current_user|\bsession\b|\bg\.user|request\.user|authori[sz]ation|\.cookies\b|is_anonymous|is_authenticated|x-api|api_?key|(?:access|auth)_token/i;

/** A handler that turns away who has no credential, in its first lines. */
export function ownCheck(func: Func): Guard[] {
  const names = callersIn(func);
  const checks = (func.node.field('body')?.kids ?? []).some((node) => {
    if (node.type !== 'if_statement') return false;
    const asked = node.field('condition')?.text ?? '';
    const last = node.field('consequence')?.kids.at(-1);
    const said = [...(last === undefined ? [] : walk(last))].flatMap((one) => refusal(one) ?? []);
    // `user = current_user()`, and away with who is none.
    const absent = /^not\s+(\w+)$|^(\w+)\s+is\s+None$/.exec(asked);
    if (
      names.has(absent?.[1] ?? absent?.[2] ?? '') &&
      /^return\s+redirect|401/.test(last?.text ?? '')
    )
      return true;
    return (
      knowsCaller.test(asked) &&
      /\bnot\b|None|!=|is_anonymous/.test(asked) &&
      !/passw/i.test(asked) &&
      said.some((text) => meanings[0]?.[1].test(text))
    );
  });
  if (!checks) return [];
  const detail = { credential: [func, ...calleesOf(func)].flatMap(credentialsIn)[0] };
  return [
    guard(`${func.name} itself`, ['auth'], 'route', func.place, { confidence: 'medium', detail }),
  ];
}

/** Names that hold who calls: the result of a function that reads a credential. */
function callersIn(func: Func): Set<string> {
  const readers = new Set(
    calleesOf(func)
      .filter(knowsWho)
      .map((one) => one.name),
  );
  const found = new Set<string>();
  for (const node of walk(func.node)) {
    const right = node.type === 'assignment' ? node.field('right') : undefined;
    const name = right?.type === 'call' ? (right.field('function')?.text ?? '') : '';
    if (readers.has(name)) found.add(node.field('left')?.text ?? '');
  }
  return found;
}

function knowsWho(func: Func): boolean {
  return (
    /user|auth|session|identity|principal|account/i.test(func.name) &&
    credentialsIn(func).length > 0
  );
}

/** Functions of the project that a function calls by name. */
function calleesOf(func: Func): Func[] {
  return [...walk(func.node)].flatMap((node) => {
    const target = node.type === 'call' ? node.field('function') : undefined;
    const found = target?.type === 'identifier' ? func.module.names.get(target.text) : undefined;
    return found?.t === 'func' && found.node !== func.node ? [found] : [];
  });
}

const readsKey =
  /x-api-key|APIKey(?:Header|Query|Cookie)|(?:headers|args|query_params|values)\b[^\n]{0,40}api[_-]?key|api_?key\w*\s*:[^\n]*(?:Header|Security|Query|Depends)\(/i;
const readsSignature =
  /hmac\.(?:new|compare_digest|digest)|headers\b[^\n]{0,40}signature|x-[\w-]*signature|construct_event\(/i;

/** Credentials that a function reads: by its text, and by what the names in it are imported from. */
export function credentialsIn({ node, module }: Pick<Func, 'node' | 'module'>): Credential[] {
  // What a docstring says is not read.
  const text = node.text.replace(/(?:'''|""")[\s\S]*?(?:'''|""")/, '');
  const found: Credential[] = [];
  const isOf = (name: string, library: RegExp): boolean =>
    new RegExp(String.raw`(?<![\w.])${name}\b`).test(text) &&
    library.test(importedFrom(module, name));
  if (
    /Bearer|OAuth2PasswordBearer|HTTPBearer|[aA]uthorization|jwt\./.test(text) ||
    isOf('current_user', /jwt/) ||
    isOf('get_jwt_identity', /jwt/)
  )
    found.push('bearer');
  if (
    /\.cookies\b|request\.session\b/.test(text) ||
    isOf('current_user', /^flask_(?:login|security|user)\b/) ||
    isOf('session', /^flask\b/)
  )
    found.push('cookie');
  if (readsKey.test(text)) found.push('apikey');
  if (/HTTPBasic|request\.authorization/.test(text)) found.push('basic');
  if (readsSignature.test(text)) found.push('signature');
  return found;
}

function importedFrom(module: Module, name: string): string {
  return nameOf(module.names.get(name));
}
