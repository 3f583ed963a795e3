import type { Fact } from './facts.ts';
import { isTest } from './queries.ts';
import type { Route, Trait } from './surface.ts';

/** Routes that the owner's tests, or pages and scripts beside them, reach without a credential say so. */
export function seenInTests<R extends Omit<Route, 'id'>>(
  routes: readonly R[],
  facts: readonly Fact[],
): R[] {
  // Where nothing asks who calls, nobody signs in, whatever a test's words are.
  const asks = routes.some(
    (route) =>
      route.credentials.length > 0 ||
      route.traits.includes('login') ||
      route.guards.some((guard) => guard.kinds.includes('auth')),
  );
  const calls = facts.flatMap((fact) =>
    fact.kind === 'test-call' &&
    !(asks && fact.detail.credentials) &&
    (fact.detail.expects ?? 200) < 400
      ? [{ ...fact.detail, trait: traitOf(fact.place.file) }]
      : [],
  );
  if (calls.length === 0) return [...routes];
  return routes.map((route) => {
    const fits = new RegExp(`^${expressionOf(route.template)}/?$`, 'i');
    const called = calls.filter(
      (call) =>
        (call.method === route.method || route.method === 'ALL') &&
        fits.test(call.path.split('?')[0] ?? ''),
    );
    const traits = new Set([...route.traits, ...called.map(({ trait }) => trait)]);
    return called.length === 0 ? route : { ...route, traits: [...traits] };
  });
}

function traitOf(file: string): Trait {
  return isTest(file) ? 'anonymous-in-tests' : 'anonymous-in-pages';
}

/** A template as a regular expression without its ends. */
export function expressionOf(template: string): string {
  return template
    .split(/(\{\*?[^{}]+\})/)
    .map((part) => {
      if (part.startsWith('{*')) return '.+';
      return part.startsWith('{') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('')
    .replace(/\/$/, '');
}
