import { guardByBody } from '../../../languages/javascript/guards/index.ts';
import type { Credential, Detail, Guard, GuardKind } from '../../../surface/surface.ts';
import { classOf, type Enhancer, nameOfEnhancer, outside } from './enhancers.ts';
import type { Machine } from './evaluate.ts';
import { className, lineage, type Mark, marksOf } from './marks.ts';
import { entranceStrategy, exempting, known, strategyCredential } from './packages.ts';
import type { Metadata } from './reflector.ts';
import type { Strategies } from './strategies.ts';
import { canRefuse, exceptionNames, type Trial, tryGuard } from './trial.ts';
import { flag, itemsOf, member, textOfValue, type Value } from './values.ts';

/** A guard as it stands before one route. */
export interface Met {
  guard: Guard;
  credentials: readonly Credential[];
  /** It takes the password itself, or sends the caller to a provider. */
  entrance: boolean;
}

/** What a guard is for a route with these marks; `undefined` where it lets every caller pass. */
export function meet(
  m: Machine,
  strategies: Strategies,
  enhancer: Enhancer,
  metadata: Metadata,
): Met | undefined {
  const base = outside(m, enhancer.value);
  const marks = [...metadata.handler, ...metadata.controller];
  if (base && exempted(base.from, base.name, metadata)) return undefined;
  const own = classOf(enhancer.value);
  const trial =
    own && tryGuard(m.program, instanceOrClass(enhancer.value, own), 'canActivate', metadata);
  if (trial?.passes) return undefined;
  if (base && /^AuthGuard/.test(base.name) && base.from === '@nestjs/passport') {
    return passport(m, strategies, enhancer, base.args, trial);
  }
  if (own && trial && !(base && isKnown(base))) return homemade(enhancer, own, trial);
  if (base) {
    const row = known.find((one) => one.from.test(base.from) && one.name.test(base.name));
    const kinds = row?.kinds ?? ['unknown'];
    const detail = kinds.includes('ratelimit') ? limitOf(marks) : rolesOf(marks);
    return met(enhancer, kinds, { library: base.from, detail }, row?.credentials ?? [], !row);
  }
  return met(enhancer, byName(nameOfEnhancer(enhancer.value)), {}, [], true);
}

function instanceOrClass(value: Value, own: NonNullable<ReturnType<typeof classOf>>) {
  return value.kind === 'object' ? value : own;
}

function isKnown(base: { from: string; name: string }): boolean {
  return known.some((one) => one.from.test(base.from) && one.name.test(base.name));
}

function met(
  { value, scope, place }: Enhancer,
  kinds: readonly GuardKind[],
  more: Partial<Guard>,
  credentials: readonly Credential[],
  unsure = false,
  entrance = false,
): Met {
  const confidence = kinds.includes('unknown') ? 'low' : unsure ? 'medium' : 'high';
  return {
    guard: { name: nameOfEnhancer(value), kinds, scope, place, detail: {}, confidence, ...more },
    credentials,
    entrance,
  };
}

// `@SkipThrottle()`, `@Public()` of the guard's own package; the handler's mark wins over the class's.
function exempted(from: string, name: string, metadata: Metadata): boolean {
  const throttled = /throttl/i.test(from) || /throttl/i.test(name);
  for (const marks of [metadata.handler, metadata.controller]) {
    for (const mark of marks) {
      if (throttled && mark.name === 'SkipThrottle') return flag(mark.args[0]) !== false;
      if (mark.from === from && exempting.test(mark.name)) return true;
    }
  }
  return false;
}

function limitOf(marks: readonly Mark[]): Detail {
  const mark = marks.find((one) => one.name === 'Throttle');
  const [first] = mark?.args ?? [];
  const named = first?.kind === 'object' ? [...first.members.values()][0] : undefined;
  const limit = member(named, 'limit') ?? first;
  const ttl = member(named, 'ttl') ?? mark?.args[1];
  const number = (value: Value | undefined) =>
    value?.kind === 'literal' && typeof value.value === 'number' ? value.value : undefined;
  return { limit: number(limit), ttl: number(ttl) };
}

function rolesOf(marks: readonly Mark[]): Detail {
  const mark = marks.find((one) => /^(Roles?|RequireRoles?|Permissions?)$/i.test(one.name));
  const texts = (mark?.args ?? []).flatMap(itemsOf).flatMap((one) => textOfValue(one)?.text ?? []);
  return texts.length === 0 ? {} : { roles: texts };
}

function passport(
  m: Machine,
  strategies: Strategies,
  enhancer: Enhancer,
  args: readonly Value[],
  trial: Trial | undefined,
): Met | undefined {
  const own = classOf(enhancer.value);
  if (own && letsAnonymousPass(m, own)) return undefined;
  const named = args.flatMap(itemsOf).flatMap((one) => textOfValue(one)?.text ?? []);
  const names = named.length > 0 ? named : strategies.fallback;
  if (names.includes('anonymous')) return undefined;
  const credentials = names.flatMap(
    (name) => strategies.credentials.get(name) ?? strategyCredential(name),
  );
  const entrance = names.length > 0 && names.every((name) => entranceStrategy.test(name));
  const detail: Detail = { strategy: names, ...(trial && rolesDetail(trial)) };
  return met(
    enhancer,
    ['auth'],
    { library: '@nestjs/passport', detail },
    [...new Set(credentials)],
    false,
    entrance,
  );
}

function rolesDetail(trial: Trial): Detail {
  return trial.roles.length === 0 ? {} : { roles: trial.roles };
}

// `handleRequest(err, user) { return user; }` replaces the refusal of passport's own.
function letsAnonymousPass(m: Machine, own: NonNullable<ReturnType<typeof classOf>>): boolean {
  const overrides = lineage(m, own).some(({ node }) =>
    node.body.body.some(
      (one) =>
        one.type === 'MethodDefinition' &&
        one.key.type === 'Identifier' &&
        one.key.name === 'handleRequest',
    ),
  );
  return overrides && !canRefuse(m.program, own, 'handleRequest');
}

const roleWords =
  /roles?\b|permission|abilit(?:y|ies)|is_?admin|owner|polic(?:y|ies)|privilege|\.scopes?\b|\.can\(/i;
const asksWho =
  /verify(?:Async)?\(|authorization|\btoken\b|\.session\b|isAuthenticated|api-?key|cookies|canActivate\(context\)/i;

function homemade(
  enhancer: Enhancer,
  own: NonNullable<ReturnType<typeof classOf>>,
  trial: Trial,
): Met {
  const thrown = exceptionNames(trial.thrown).join(' ');
  const kinds = new Set<GuardKind>();
  const unauthorized = /Unauthorized|\b401\b|UNAUTHORIZED/.test(thrown);
  const forbidden = /Forbidden|\b403\b|FORBIDDEN/.test(thrown);
  if (/TooManyRequests|\b429\b|TOO_MANY|Throttler/.test(thrown)) kinds.add('ratelimit');
  if (/csrf|xsrf/i.test(className(own)) || /csrf|xsrf/i.test(trial.text)) kinds.add('csrf');
  // What turns robots away by their name lets every other caller pass.
  const robots = /user-agent/i.test(trial.text) && !/auth|jwt|token/i.test(className(own));
  if (kinds.size === 0 && robots) kinds.add('unknown');
  if (kinds.size === 0) {
    // One that only says 401 may carry the roles along; it does not ask for one.
    const weighs = trial.roles.length > 0 || forbidden || !unauthorized;
    if (weighs && roleWords.test(trial.text)) kinds.add('authz');
    if (unauthorized || asksWho.test(trial.text)) kinds.add('auth');
  }
  if (kinds.size === 0 && forbidden) kinds.add('authz');
  if (kinds.size === 0) for (const kind of byTree(own)) kinds.add(kind);
  const seen = kinds.size > 0;
  if (!seen) for (const kind of byName(className(own))) kinds.add(kind);
  const detail = kinds.has('authz') ? rolesDetail(trial) : {};
  return met(enhancer, [...kinds], { detail }, trial.credentials, !seen);
}

function byTree(own: NonNullable<ReturnType<typeof classOf>>): GuardKind[] {
  const method = own.node.body.body.find(
    (one) =>
      one.type === 'MethodDefinition' &&
      one.key.type === 'Identifier' &&
      one.key.name === 'canActivate',
  );
  if (method?.type !== 'MethodDefinition') return [];
  return guardByBody(method.value, own.file.parsed).kinds.filter((kind) => kind !== 'unknown');
}

function byName(name: string): GuardKind[] {
  if (/throttl|rate-?limit/i.test(name)) return ['ratelimit'];
  if (/role|permission|admin|owner|polic|abilit|acl|scope/i.test(name)) return ['authz'];
  if (/auth|jwt|token|session|login|api-?key|bearer/i.test(name)) return ['auth'];
  return ['unknown'];
}

/** Marks of a class with those that it inherits, for the Reflector: the derived class wins. */
export function metadataOf(m: Machine, controller: Parameters<typeof lineage>[1]): Mark[] {
  return lineage(m, controller).flatMap((one) => marksOf(m, one.node, one.scope));
}
