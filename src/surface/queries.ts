import { type Fact, type FactKind, factsOf } from './facts.ts';
import type { Guard, GuardKind, Route, Surface, Trait } from './surface.ts';

const writing: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Routes that code of the project answers, without files and documentation. */
export function endpoints(surface: Surface): Route[] {
  return surface.routes.filter(
    (route) => route.kind !== 'static' && !hasTrait(route, 'static') && isOwnCode(route.place.file),
  );
}

export function hasTrait(route: Route, ...traits: readonly Trait[]): boolean {
  return traits.some((trait) => route.traits.includes(trait));
}

/** What stands before a route, by what it does, in its order. */
export function guardsOf(route: Route, ...kinds: readonly GuardKind[]): Guard[] {
  return route.guards.filter((guard) => guard.kinds.some((kind) => kinds.includes(kind)));
}

export function isGuarded(route: Route, ...kinds: readonly GuardKind[]): boolean {
  return guardsOf(route, ...kinds).length > 0;
}

/** Whether anything that could not be named stands before a route on its own: it may be a guard of any kind. */
export function hasUnknownGuard(route: Route): boolean {
  return route.guards.some(
    (guard) =>
      guard.scope !== 'app' && (guard.kinds.length === 0 || guard.kinds.includes('unknown')),
  );
}

/** Application-wide guards of a kind. */
export function appGuards(surface: Surface, ...kinds: readonly GuardKind[]): Guard[] {
  return surface.guards.filter((guard) => guard.kinds.some((kind) => kinds.includes(kind)));
}

/** Whether the first guard of one kind runs before the first of another on this route; `undefined` when one is missing. */
export function standsBefore(route: Route, first: GuardKind, then: GuardKind): boolean | undefined {
  const a = route.guards.findIndex((guard) => guard.kinds.includes(first));
  const b = route.guards.findIndex((guard) => guard.kinds.includes(then));
  return a === -1 || b === -1 ? undefined : a < b;
}

/** A route that changes state, as its method or its handler says. */
export function writes(route: Route): boolean {
  return writing.has(route.method) || (route.method === 'ALL' && hasTrait(route, 'writes'));
}

/** A route whose handler reads a body that can have a schema. */
export function readsBody(route: Route): boolean {
  if (route.body === 'raw' || route.body === 'multipart' || route.method === 'GET') return false;
  // A GraphQL server refuses what its schema does not type, before any handler.
  if (route.kind === 'graphql') return false;
  if (route.params.some((param) => param.in === 'body')) return true;
  return route.body === 'json' || route.body === 'form';
}

/** Routes that a caller reaches before having a credential, by what they are for. */
export function isEntrance(route: Route): boolean {
  return hasTrait(route, 'login', 'register', 'logout', 'refresh', 'reset', 'oauth-callback');
}

/** Routes that are open by their nature or prove the caller in another way. */
export function isOpenByNature(route: Route): boolean {
  return (
    isEntrance(route) ||
    hasTrait(route, 'webhook', 'health', 'metrics', 'docs', 'static') ||
    route.credentials.includes('signature')
  );
}

/** Whether any credential is asked for before or inside the handler. */
export function isAuthenticated(route: Route): boolean {
  if (isGuarded(route, 'auth', 'authz')) return true;
  return route.credentials.some((credential) => credential !== 'unknown') && !isEntrance(route);
}

/** Facts of one kind in the project's own code: not of its tests, examples or copies of others. */
export function appFacts<K extends FactKind>(
  surface: Surface,
  kind: K,
): Extract<Fact, { kind: K }>[] {
  return factsOf(surface.facts, kind).filter((fact) => isOwnCode(fact.place.file));
}

const foreign =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|e2e|fixtures?|examples?|samples?|mocks?|stories|node_modules|vendor|third_party|bower_components|dist|build|coverage|public|\.[^/]+)\/|\.(?:test|spec|stories|e2e-spec|min|bundle)\.[cm]?[jt]sx?$|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.(?:py|go)$|(?:^|\/)[^/]+\.config\.[cm]?[jt]s$/i;

const tests =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e)\/|(?:\.(?:test|spec|stories|e2e-spec)|(?:^|\/)tests?)\.[cm]?[jt]sx?$|(?:^|\/)(?:test_[^/]*|[^/]*_test|tests|conftest)\.(?:py|go)$/i;

/** Whether a file is one of the project's own tests, by its path. */
export function isTest(file: string): boolean {
  return tests.test(file);
}

/** Whether a file is the application's own code, by its path. */
export function isOwnCode(file: string): boolean {
  return !foreign.test(file);
}
