import path from 'node:path';
import type { Access, Decision, Policy, RouteClass } from '../src/controls/policy.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { valuesAt } from '../src/policy/values.ts';
import type { ProveInput } from '../src/proof/prove.ts';

const rows: readonly (readonly [
  string,
  string,
  Access,
  RouteClass,
  Decision['limit'],
  Decision['body'],
])[] = [
  ['GET', '/health', 'public', 'probe', 'exempt', 'none'],
  ['GET', '/open', 'public', 'read', 'general', 'none'],
  ['GET', '/notes', 'user', 'user', 'api', 'none'],
  ['POST', '/notes', 'user', 'user', 'api', 'json'],
  ['GET', '/admin/stats', 'role:admin', 'admin', 'api', 'none'],
];

/** What prove is asked for one of `fixtures/proof`. */
export function proofInput(fixture: string, more: Partial<Policy> = {}): ProveInput {
  const root = path.join(import.meta.dirname, '..', 'fixtures', 'proof', fixture);
  const start = { argv: ['node', 'server.mjs'], from: 'fixture', cwd: '' };
  const decisions = rows.map(
    ([method, at, access, kind, limit, body]): Decision => ({
      route: `${method} ${at}`,
      method,
      path: at,
      class: kind,
      access,
      limit,
      csrf: false,
      body,
      ...(body === 'json'
        ? {
            schema: {
              fields: [{ name: 'title', type: 'string', optional: false, confidence: 'high' }],
              closed: false,
            },
          }
        : {}),
      reason: 'fixture',
      confidence: 'high',
      needsAnswer: false,
      source: 'derived',
    }),
  );
  const surface = {
    routes: [],
    guards: [],
    errorHandlers: [],
    facts: [],
    unresolved: [],
    notAnalysed: [],
    apps: [],
    read: { files: 0, bytes: 0 },
  };
  const project = {
    root,
    tree: memoryTree({}),
    language: 'javascript',
    framework: 'express',
    frameworkVersion: undefined,
    frameworkMajor: undefined,
    manifest: 'package.json',
    modules: 'esm',
    typescript: false,
    packageManager: 'npm',
    entry: 'server.mjs',
    start,
    test: undefined,
    member: '',
    dependencies: {},
    notes: [],
  } as const;
  const policy: Policy = {
    level: 'standard',
    auth: 'jwt',
    values: { standard: valuesAt('standard') },
    kept: { csrf: 'not needed: no cookie carries a credential' },
    environment: { origins: [], proxies: 0 },
    files: [],
    unlisted: 'deny',
    decisions,
    ...more,
  };
  return { project, surface, policy, start };
}
