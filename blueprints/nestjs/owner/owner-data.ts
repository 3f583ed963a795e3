import type { Expected } from './owner-app.js';

/** What the security tests expect of this project, printed from secure.yaml; `secure` writes it anew. */
export const expected: Expected = {
  auth: 'jwt',
  prefix: '/auth',
  unlisted: 'deny',
  controls: [
    'headers',
    'cors',
    'ratelimit',
    'validation',
    'auth',
    'authz',
    'csrf',
    'errors',
    'logging',
  ],
  origins: [],
  routes: [
    { method: 'GET', path: '/open', access: 'public' },
    { method: 'GET', path: '/items/:id', access: 'user' },
    { method: 'POST', path: '/items', access: 'user', body: 'json' },
    { method: 'GET', path: '/admin', access: 'role:admin' },
  ],
};
