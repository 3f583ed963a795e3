import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOf, clean, command, copyOf, root, secure } from './run.ts';

beforeAll(() => {
  const made = command(root, 'node', 'scripts/python.mjs');
  expect(made.code, made.stderr).toBe(0);
}, 300_000);
afterAll(clean);

interface Line {
  project: string;
  line: string;
  /** Routes behind the target and their access; those beside it stay as they are. */
  access: Readonly<Record<string, string>>;
  level: string;
  auth: string;
  folder: string;
}

const lines: readonly Line[] = [
  {
    project: 'fastapi-shop',
    line: 'app/api/ --framework fastapi --level standard',
    access: {
      'GET /api/v1/users/': 'user',
      'GET /api/v1/items/': 'user',
      'GET /api/v1/items/{item_id}': 'user',
      'POST /api/v1/items/': 'user',
      'DELETE /api/v1/items/{item_id}': 'user',
      'GET /health': 'kept',
    },
    level: 'standard',
    auth: 'jwt',
    folder: 'app/security',
  },
  {
    project: 'flask-orders',
    line: 'server/routes/ --auth apikey --framework flask --level basic',
    access: {
      'GET /orders/': 'user',
      'POST /orders/': 'user',
      'DELETE /orders/<int:order_id>': 'user',
      'GET /products/': 'user',
      'GET /': 'kept',
    },
    level: 'basic',
    auth: 'apikey',
    folder: 'server/security',
  },
];

/** The line as the requirement writes it: audit, hardening, boot, proof and the emitted tests, then undo. */
test.each(lines)(
  'secure $line',
  ({ project, line, access, level, auth, folder }) => {
    const at = copyOf(`e2e/projects/${project}`);
    symlinkSync(path.join(root, '.venv'), path.join(at, '.venv'));
    const before = bytesOf(at);
    const ran = secure(at, ...line.split(' '), '--yes', '--no-install', '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const report = JSON.parse(ran.stdout);
    expect(report).toMatchObject({ level, auth });
    const decided = Object.fromEntries(
      report.decisions.map((one: { route: string; access: string }) => [one.route, one.access]),
    );
    expect(decided).toMatchObject(access);
    expect(report.plan.applied).toBe(true);
    expect(Object.keys(bytesOf(at))).toContain(`${folder}/policy.py`);
    expect(report.proof.counts.failed, 'failed probes').toBe(0);
    expect(report.proof.counts.proved).toBeGreaterThan(70);
    expect(report.tests.security).toMatchObject({ failed: 0 });
    expect(JSON.parse(secure(at, 'plan', '.', '--json').stdout).plan.changes).toEqual([]);
    expect(secure(at, 'undo').code).toBe(0);
    expect(bytesOf(at)).toEqual(before);
  },
  180_000,
);
