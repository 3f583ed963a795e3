import type { Surface } from '../surface/surface.ts';

/**
 * Why the application's own authentication stays, with its first place; `undefined` when it has none.
 * Adopt, don't replace: two authentications side by side lock out every live client.
 */
export function keptAuth(surface: Surface): string | undefined {
  for (const route of surface.routes) {
    const guard = route.guards.find(
      (each) => each.kinds.includes('auth') && each.confidence !== 'low',
    );
    if (guard !== undefined) {
      return `${guard.name} at ${guard.place.file}:${guard.place.line} guards ${route.id}`;
    }
  }
  const signing = surface.facts.find((fact) => fact.kind === 'jwt-sign');
  const login = surface.routes.find((route) => route.traits.includes('login'));
  if (login !== undefined && (signing !== undefined || login.credentials.length > 0)) {
    return `${login.id} at ${login.place.file}:${login.place.line} signs callers in`;
  }
  const session = surface.facts.find((fact) => fact.kind === 'session');
  if (session !== undefined && login !== undefined) {
    return `${login.id} at ${login.place.file}:${login.place.line} keeps a session`;
  }
  return undefined;
}
