import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { clean, command, copyOf, emptyFolder, root } from './run.ts';

afterAll(clean);

test('the packed tarball audits and plans outside of the repository', () => {
  const outside = emptyFolder();
  const packed = command(
    root,
    'npm',
    'pack',
    '--ignore-scripts',
    '--json',
    '--pack-destination',
    outside,
  );
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  writeFileSync(path.join(outside, 'package.json'), '{"private":true}');
  const installed = command(
    outside,
    'npm',
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    path.join(outside, filename),
  );
  expect(installed.code, installed.stderr).toBe(0);
  const bin = path.join(outside, 'node_modules', '.bin', 'slash-secure');
  const example = copyOf('examples/express');
  const audit = command(example, bin, 'audit', '.', '--json', '--fail-on', 'critical');
  expect(audit.stderr).not.toContain('Error:');
  const report = JSON.parse(audit.stdout);
  expect(report.surface.routes.map((one: { path: string }) => one.path)).toContain(
    '/api/notes/:id',
  );
  const plan = command(example, bin, 'plan', '.', '--json');
  expect(JSON.parse(plan.stdout).plan.changes.length).toBeGreaterThan(5);
}, 240_000);
