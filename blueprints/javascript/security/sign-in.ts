import { urlOf } from './messages.js';

const names = ['email', 'username', 'login', 'user', 'identifier', 'phone'];

/**
 * The account that a body wants to sign in to, for applications with a sign-in of their own: in JSON also one
 * level down, in a form by its field. `undefined` when no known name is there.
 */
export function accountIn(value: unknown, body: Buffer): string | undefined {
  if (value === undefined) {
    const form = new URLSearchParams(body.toString('latin1'));
    return (
      names.map((name) => form.get(name)).find((each) => each !== null && each !== '') ?? undefined
    );
  }
  const outer = Object.values((value as object | null) ?? {}).filter(isObject);
  for (const each of [value, ...outer]) {
    const found = names.map((name) => (each as Record<string, unknown>)[name]).find(isText);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/**
 * Whether a redirect says no: it leads back to the form (`/login` of `/login/password`), to a page named so, or
 * names an error in its query.
 */
export function isSentBack(path: string, status: number, location: string): boolean {
  if (status !== 302 && status !== 303) return false;
  const to = urlOf(location) ?? urlOf(`http://localhost${location}`);
  if (to === undefined) return false;
  const back = to.pathname !== '/' && (path === to.pathname || path.startsWith(`${to.pathname}/`));
  return (
    back || /\/(?:log|sign)-?in\/?$/i.test(to.pathname) || /error|fail|invalid/i.test(to.search)
  );
}
