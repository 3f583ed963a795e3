import type { Access, Decision, RouteClass } from '../controls/policy.ts';
import type { Confidence, Route } from '../surface/surface.ts';

/** What a route is, and what follows from it for access and limits. */
export interface Classified {
  class: RouteClass;
  access: Access;
  limit: Decision['limit'];
  reason: string;
  confidence: Confidence;
  needsAnswer: boolean;
}

interface Row {
  class: RouteClass;
  access: Access;
  limit: 'general' | 'auth' | 'api' | 'exempt';
  reason: string;
  needsAnswer?: boolean;
  when: (route: Route) => boolean;
}

const has =
  (...traits: Route['traits'][number][]) =>
  (route: Route): boolean =>
    traits.some((trait) => route.traits.includes(trait));

const guarded = (route: Route): boolean =>
  route.guards.some((guard) => guard.kinds.includes('auth') && guard.confidence !== 'low');

const html = (route: Route): boolean => route.response === 'html' || has('page')(route);

/** The classes of `docs/decisions.md`, most specific first: the first row that fits decides. */
const rows: readonly Row[] = [
  {
    class: 'page',
    access: 'public',
    limit: 'general',
    reason: 'a page that stands for every path that nothing else answers',
    when: (r) => r.kind === 'static' && r.response === 'html' && /\*\w*\}?$/.test(r.path),
  },
  {
    class: 'static',
    access: 'public',
    limit: 'exempt',
    reason: 'static files',
    when: (r) => (r.kind === 'static' && !has('docs')(r)) || has('static')(r),
  },
  {
    class: 'probe',
    access: 'public',
    limit: 'exempt',
    reason: 'a health check',
    when: has('health'),
  },
  {
    class: 'probe',
    access: 'public',
    limit: 'general',
    reason: 'metrics: keep them inside your network',
    needsAnswer: true,
    when: has('metrics'),
  },
  {
    class: 'webhook',
    access: 'public',
    limit: 'general',
    reason: 'a webhook: public, its signature is the credential',
    needsAnswer: true,
    when: has('webhook'),
  },
  {
    class: 'callback',
    access: 'public',
    limit: 'auth',
    reason: 'a sign-in provider calls back here',
    when: has('oauth-callback'),
  },
  {
    class: 'page',
    access: 'public',
    limit: 'general',
    reason: 'the page on which callers sign in',
    when: (r) => r.method === 'GET' && has('login', 'register', 'reset')(r),
  },
  {
    class: 'login',
    access: 'public',
    limit: 'auth',
    reason: 'how callers get a credential',
    when: has('login', 'register', 'reset', 'refresh'),
  },
  {
    class: 'docs',
    access: 'public',
    limit: 'general',
    reason: 'documentation: switch it off or protect it in production',
    needsAnswer: true,
    when: has('docs'),
  },
  {
    class: 'read',
    access: 'public',
    limit: 'general',
    reason: 'a websocket, to which browsers bring cookies alone: as the application has it',
    needsAnswer: true,
    when: (r) => r.kind === 'websocket',
  },
  {
    class: 'user',
    access: 'kept',
    limit: 'api',
    reason: 'a guard of the application asks who calls',
    when: guarded,
  },
  {
    class: 'read',
    access: 'public',
    limit: 'general',
    reason: "the project's own tests call it without a credential",
    needsAnswer: true,
    when: has('anonymous-in-tests'),
  },
  {
    class: 'read',
    access: 'public',
    limit: 'general',
    reason: 'a page or script of the project calls it without a credential',
    needsAnswer: true,
    when: has('anonymous-in-pages'),
  },
  {
    class: 'admin',
    access: 'role:admin',
    limit: 'api',
    reason: 'named as an administrator’s',
    when: has('admin'),
  },
  {
    class: 'page',
    access: 'public',
    limit: 'general',
    reason: 'an HTML page: as the application has it',
    needsAnswer: true,
    when: html,
  },
  { class: 'upload', access: 'user', limit: 'api', reason: 'takes a file', when: has('upload') },
];

/** Classifies one route by its traits and guards. Unknown routes are protected: default deny. */
export function classify(route: Route): Classified {
  const row = rows.find((candidate) => candidate.when(route));
  if (row === undefined) {
    const reason = route.traits.includes('writes') ? 'writes state' : 'reads the API';
    return {
      class: 'user',
      access: 'user',
      limit: 'api',
      reason,
      confidence: route.confidence,
      needsAnswer: false,
    };
  }
  const { when: _when, needsAnswer = false, ...decided } = row;
  return { ...decided, needsAnswer, confidence: route.confidence };
}
