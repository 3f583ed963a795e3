import type { Confidence, Credential, Detail, GuardKind } from '../../../surface/surface.ts';
import { type Fn, isFunction } from '../facts/patterns.ts';
import { codeOf, loneSource, type World } from '../facts/source.ts';
import { settle } from '../facts/values.ts';
import type { Node, Parsed } from '../parse.ts';
import { called, followed, innermost, nameOf } from './following.ts';
import type { Recognised } from './recognised.ts';

const refuses = {
  401: /\b401\b|UNAUTHORI[SZ]ED|Unauthori[sz]ed|Unauthenticated|NotAuthenticated|Auth(?:entication)?(?:Failure)?(?:Error|Exception)|InvalidToken/,
  403: /\b403\b|FORBIDDEN|Forbidden|AccessDenied|PermissionDenied|AuthorizationError/,
  400: /\b400\b|\b422\b|BAD_REQUEST|BadRequest|UNPROCESSABLE|Unprocessable|ValidationError|ValidationException/,
  429: /\b429\b|TOO_MANY_REQUESTS|TooManyRequests/,
} as const;

const reads: readonly (readonly [Credential, RegExp])[] = [
  [
    'bearer',
    /headers?\??\.authorization|headers?\??\.?\[\s*['"]authorization|(?:get|header)\(\s*['"]authorization|Bearer\b|fromAuthHeader|token.{0,40}headers/i,
  ],
  ['basic', /['"`]Basic\b|basicAuth|basic-auth/],
  ['apikey', /x-api-key|api[-_]?key/i],
  ['cookie', /\.(?:signedC|c)ookies\b|\.session\b|isAuthenticated\(|headers?\??\.cookie\b/],
  ['signature', /x-[\w-]*signature|createHmac|webhooks\.constructEvent/i],
];

/**
 * What home-made middleware is, by what its body does; functions that it calls are followed two levels.
 * With a `world` (`worldOf`), functions of other files are followed too.
 */
export function guardByBody(fn: Node, parsed: Parsed, world?: World): Recognised {
  const known = world ? inWorld : alone;
  const found = known.get(fn) ?? read(fn, parsed, world);
  known.set(fn, found);
  return found;
}

/** A middleware stands before many routes; it is read once. */
const alone = new WeakMap<Node, Recognised>();
const inWorld = new WeakMap<Node, Recognised>();

function read(fn: Node, parsed: Parsed, world: World | undefined): Recognised {
  const source = world?.sources.get(parsed.path) ?? loneSource(parsed);
  const start = settle(fn, source) ?? { node: fn, source };
  const handler = innermost(start.node, start.source);
  if (!isFunction(handler)) return unknown;
  const bodies = followed(handler, start.source, 0, new Set());
  const inside = bodies
    .map((one) => codeOf(one.node, one.source))
    .filter((text, at) => (at === 0 && /\bnext\b/.test(text)) || !answersAnything(text))
    .join('\n');
  const own = codeOf(handler, start.source);
  const libraries = bodies.flatMap((one) => called(one.node, one.source));
  if (handlesErrors(handler)) {
    return { kinds: ['errors'], detail: leaks(own), confidence: 'high', credentials: [] };
  }
  return judged(inside, own, libraries, nameOf(handler, start.source));
}

const unknown: Recognised = { kinds: ['unknown'], detail: {}, confidence: 'low', credentials: [] };

/** Four parameters make an error handler when they are named like one: `(err, req, res, next)`. */
function handlesErrors(fn: Fn): boolean {
  if (fn.params.length !== 4) return false;
  const names = fn.params.map((param) => (param.type === 'Identifier' ? param.name : ''));
  const [first = '', second = '', third = ''] = names;
  if (/^_?(?:req|ctx|context|socket)/i.test(first)) return false;
  return (
    /^_*(?:e|ex|err\w*|error\w*|exception)$/i.test(first) ||
    /^_*req/i.test(second) ||
    /^_*res/i.test(third)
  );
}

function judged(
  inside: string,
  own: string,
  libraries: readonly Recognised[],
  name: string,
): Recognised {
  const kinds = new Set<GuardKind>();
  const credentials = new Set<Credential>();
  const detail: Record<string, string | boolean | readonly string[]> = {};
  let confidence: Confidence = 'high';
  const says = (status: keyof typeof refuses): boolean => refuses[status].test(inside);
  const passesError =
    /\bnext\(\s*(?!\)|['"]route|null\b|undefined\b)[^)\s]/.test(inside) ||
    /\bthrow\b/.test(inside) ||
    /return\s+false\b|=>\s*false\b/.test(own);
  const turnsAway = /redirect\([^)]*(?:log-?in|sign-?in|auth|['"]\/['"])/i.test(inside);
  for (const library of libraries) {
    for (const kind of library.kinds) kinds.add(kind);
    for (const credential of library.credentials) credentials.add(credential);
  }
  const read = reads
    .filter(([, pattern]) => pattern.test(inside))
    .map(([credential]) => credential);
  const known =
    read.length > 0 ||
    /\breq(?:uest)?\??\.(?:user|auth|account|member|principal|identity|currentUser)(?:Id|_id)?\b|jwt\w*\.verify|jwtVerify|verifyToken|verifyIdToken|res\.locals\.(?:user|auth)/i.test(
      inside,
    );
  const byRole =
    /\brole|permission|is_?admin|\bscopes?\b|privilege|\bcan\(|ability|isSuper|\.admin\b/i.test(
      inside,
    );
  const owner =
    /\.(?:params|body|query)[\w.?]*\s*[!=]==?\s*[\w.?]*(?:user|auth)\b[\w.?]*|(?:user|auth)\b[\w.?]*\s*[!=]==?\s*(?:String\()?[\w.?]*\.(?:params|body)|(?:author|owner|user)_?(?:id)?(?:\.toString\(\))?\s*[!=]==?\s*[\w.?]*(?:user|auth)\b/i.test(
      inside,
    );
  const csrf = /x-csrf-token|csrf|xsrf|sec-fetch-site/i.test(inside) && (says(403) || passesError);
  if (csrf) {
    kinds.add('csrf');
    detail.kind = /sec-fetch-site/i.test(inside) ? 'Fetch-Metadata' : 'Token';
  } else if ((known || (says(401) && !asksSomethingElse(inside))) && !says(429)) {
    const refusesAuth = says(401) || turnsAway;
    const passesOn = !says(401) && (passesError || turnsAway);
    const asked = asksRole(inside) && (passesOn || /\broles?\b|permission|admin/i.test(inside));
    if (((byRole || owner) && says(403)) || asked || (owner && passesOn)) {
      kinds.add('authz');
      if (owner) detail.owner = true;
      if (!says(403)) confidence = 'medium';
    }
    if (refusesAuth || (!kinds.has('authz') && (says(403) || (passesError && read.length > 0)))) {
      kinds.add('auth');
      if (!refusesAuth || !known) confidence = 'medium';
    }
  }
  if (kinds.has('auth') || kinds.has('authz'))
    for (const credential of read) credentials.add(credential);
  if (/access-control-allow-origin/i.test(inside)) kinds.add('cors');
  const set = headersIn(inside);
  if (set.length > 0) {
    kinds.add('headers');
    detail.headers = set;
  }
  if (says(429)) kinds.add('ratelimit');
  if (
    !kinds.has('auth') &&
    !kinds.has('authz') &&
    checksInput(inside) &&
    (says(400) || passesError || /\.validationResult|validationResult\(/.test(inside))
  )
    kinds.add('validation');
  if (kinds.size === 0 && /\.on\(\s*['"]data['"]/.test(own)) kinds.add('body');
  if (kinds.size === 0 && logs(own) && !passesError) kinds.add('logging');
  if (kinds.size > 0)
    return {
      kinds: [...kinds],
      library: libraries[0]?.library,
      detail: detail as Detail,
      confidence,
      credentials: [...credentials],
    };
  return byName(name, inside, read, passesError);
}

/** A function that writes answers of every status refuses nobody by itself. */
function answersAnything(text: string): boolean {
  const statuses = [401, 403, 400, 429] as const;
  const chosen = /(?<!\.)\bstatus(?:Code)?\s*=\s*\d{3}\b/.test(text);
  return chosen || statuses.filter((status) => refuses[status].test(text)).length >= 3;
}

/** 401 for a wrong captcha or password: what is asked is not who calls. */
function asksSomethingElse(inside: string): boolean {
  return /captcha|body\??\.(?:password|otp|code)|\{[^}]*\bpassword\b[^}]*\}\s*=\s*req/i.test(
    inside,
  );
}

/** A role, permission or scope in a condition that turns away, or that alone lets pass. */
function asksRole(inside: string): boolean {
  const word = String.raw`(?:\broles?|permission|\bscopes?|privilege|is_?admin|\.admin|ability|\bcan\()`;
  const condition = String.raw`\bif\s*\([^;{]{0,200}?${word}[^;{]{0,200}?\)\s*\{?`;
  const turns = new RegExp(
    String.raw`${condition}[^}]{0,160}?(?:\bnext\(\s*[^)\s'"]|\bthrow\b|redirect\(|return\s+false)`,
    'i',
  );
  const lets = new RegExp(String.raw`${condition}[^}]{0,80}?(?:\bnext\(\s*\)|return\s+true)`, 'i');
  return turns.test(inside) || (lets.test(inside) && !/maintenance/i.test(inside));
}

/** Security headers that a body sets; a library's call has no such list, it sends its whole profile. */
function headersIn(inside: string): string[] {
  if (!/\.(?:set|setHeader|header|append|writeHead)\(/.test(inside)) return [];
  const found = inside.matchAll(
    /['"](x-frame-options|x-content-type-options|content-security-policy|strict-transport-security|referrer-policy|permissions-policy)['"]/gi,
  );
  return [...new Set([...found].map((match) => match[1]!.toLowerCase()))];
}

function checksInput(inside: string): boolean {
  const input = String.raw`(?:req|request|ctx\.request)\.(?:body|query|params|headers)\b`;
  const asked = new RegExp(
    String.raw`\.(?:safeP|p)arse(?:Async)?\(\s*(?:\{\s*|\{[^}]*)?${input}|\.(?:validate|validateAsync|validateSync|check|assert)\(\s*(?:\{[^}]*)?${input}|validationResult\(|validateOrReject\(|\bvalidate\(\s*req`,
  );
  if (asked.test(inside)) return true;
  const named =
    /\b(?:schema|validator|dto|rules?)\w*\b/i.test(inside) && /\breq(?:uest)?\b/.test(inside);
  return (
    named && /\.(?:parse|safeParse|parseAsync|safeParseAsync|validate|validateAsync)\(/.test(inside)
  );
}

function logs(own: string): boolean {
  return (
    /(?:console|log(?:ger)?)\w*\.(?:log|info|debug|http)\(/i.test(own) &&
    /\.(?:method|url|originalUrl|path)\b/.test(own)
  );
}

/** Where the body hands everything on, its own name is the last hint: never more than a guess. */
function byName(
  name: string,
  inside: string,
  read: readonly Credential[],
  passesError: boolean,
): Recognised {
  const hands = passesError || /\bawait\b|\.then\(|\bcatch\b/.test(inside);
  const hint: GuardKind | undefined = !hands
    ? undefined
    : /^(?:require|ensure|is|check|verify|protect|authenticate)\w*(?:auth|login|loggedin|token|user|session|jwt)|^(?:auth|authenticate|authenticated|protect|jwtAuth|authMiddleware|isAuth)$/i.test(
          name,
        )
      ? 'auth'
      : /^(?:is|require|ensure|check|has)\w*(?:admin|role|permission)|^authori[sz]e$/i.test(name)
        ? 'authz'
        : /^validate/i.test(name)
          ? 'validation'
          : undefined;
  if (hint === undefined) return unknown;
  const credentials = hint === 'validation' || !passesError ? [] : [...read];
  return { kinds: [hint], detail: { byName: true }, confidence: 'low', credentials };
}

/** What an error handler says to the caller. */
function leaks(own: string): Detail {
  const guarded = /NODE_ENV|\bdev|isProd|production|debug/i.test(own);
  if (/\.stack\b/.test(own.replace(/(?:console|log(?:ger)?)\w*\.\w+\([^;]*\)/gi, '')) && !guarded)
    return { leaks: 'stack' };
  if (
    /(?:json|send|end)\([\s\S]*\b(?:err|error|e)\.message\b|message\s*:\s*(?:err|error|e)\.message|\{\s*message\s*\}/.test(
      own,
    )
  )
    return { leaks: 'message' };
  if (/(?:json|send)\(\s*(?:err|error|e)\s*\)/.test(own)) return { leaks: 'stack' };
  return { leaks: 'none' };
}
