import type { Fact } from './facts.ts';
import type { Route } from './surface.ts';

/** Routes that the owner's tests reach without a credential say so. */
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
      ? [fact.detail]
      : [],
  );
  if (calls.length === 0) return [...routes];
  return routes.map((route) => {
    const fits = new RegExp(`^${expressionOf(route.template)}/?$`, 'i');
    const called = calls.some(
      (call) =>
        (call.method === route.method || route.method === 'ALL') &&
        fits.test(call.path.split('?')[0] ?? ''),
    );
    return called ? { ...route, traits: [...route.traits, 'anonymous-in-tests'] } : route;
  });
}

function expressionOf(template: string): string {
  return template
    .split(/(\{\*?[^{}]+\})/)
    .map((part) => {
      if (part.startsWith('{*')) return '.+';
      return part.startsWith('{') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('')
    .replace(/\/$/, '');
}
