import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plannedChanges } from '../src/changes/generated.ts';
import { controlIds } from '../src/controls/control.ts';
import { controls } from '../src/controls/index.ts';
import { type Level, levels } from '../src/controls/level.ts';
import type { AuthType } from '../src/controls/policy.ts';
import { frameworks } from '../src/frameworks/index.ts';
import { makePlan } from '../src/frameworks/plan.ts';
import { decide } from '../src/policy/decide.ts';
import { detect } from '../src/project/detect.ts';
import { ownerTests } from '../src/proof/owner-tests.ts';
import { run } from '../src/proof/process.ts';
import { prove } from '../src/proof/prove.ts';

const root = path.resolve(import.meta.dirname, '..');
const work = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'secure-python-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

type Id = 'fastapi' | 'flask';

/** `.venv` with everything; made where it is missing. */
async function environment(): Promise<void> {
  const made = await run([process.execPath, 'scripts/python.mjs'], { cwd: root, timeout: 300_000 });
  if (made.code !== 0) throw new Error(made.stdout + made.stderr);
}

/** A copy of an example with the environment of the tests beside it. */
async function example(id: Id, name: string): Promise<string> {
  await environment();
  const to = path.join(work, name);
  cpSync(path.join(root, 'examples', id), to, { recursive: true });
  symlinkSync(path.join(root, '.venv'), path.join(to, '.venv'));
  return to;
}

/** The sources of a blueprint, as the build ships them. */
function blueprint(id: Id) {
  const files: Record<string, string> = {};
  for (const [folder, prefix] of [
    ['security', ''],
    ['owner', 'owner/'],
  ] as const) {
    const from = path.join(root, 'blueprints', id, folder);
    for (const name of readdirSync(from).filter((one) => one.endsWith('.py')))
      files[`${prefix}${name}`] = readFileSync(path.join(from, name), 'utf8');
  }
  const manifest = readFileSync(path.join(root, 'blueprints', id, 'pyproject.toml'), 'utf8');
  const ranges = [...manifest.matchAll(/^ {2}"([\w.-]+(?:\[\w+\])?)([<>=][^"]*)",$/gm)];
  return {
    files,
    packages: Object.fromEntries(ranges.map((match) => [match[1] ?? '', match[2] ?? ''])),
  };
}

async function survey(folder: string, level: Level, auth: AuthType) {
  const { project } = await detect(folder, { cwd: folder });
  const framework = await frameworks[project.framework]();
  const { project: bare, emitted } = framework.bare(project);
  const surface = await framework.read(bare);
  const postures = controlIds.flatMap((id) => controls[id].audit(surface).posture ?? []);
  const selected = () => true;
  const policy = decide({
    project: bare,
    surface,
    postures,
    level,
    auth,
    file: undefined,
    selected,
  });
  const plan = makePlan(framework, {
    project,
    surface,
    policy,
    blueprint: blueprint(project.framework as Id),
  });
  const { folder: to } = framework.layout(project);
  const { tree } = project;
  const changes = plannedChanges({ files: plan.files, edited: plan.edited, folder: to, tree });
  return { project, framework, surface, policy, plan, emitted, changes: changes.changes };
}

async function harden(folder: string, level: Level, auth: AuthType) {
  const found = await survey(folder, level, auth);
  for (const { file, after } of found.changes) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), after ?? '');
  }
  return found;
}

async function proof(folder: string, level: Level, auth: AuthType, mutate: boolean) {
  const { project, framework, surface, policy, emitted } = await survey(folder, level, auth);
  const start = framework.boot(project);
  return prove({ project, surface, policy, start, policyFile: emitted?.place.file, mutate });
}

const failedIn = ({ verdicts }: Awaited<ReturnType<typeof prove>>) =>
  verdicts.filter((one) => one.verdict === 'failed').map((one) => `${one.probe}: ${one.why}`);

for (const [id, level, auth] of [
  ['fastapi', 'basic', 'jwt'],
  ['fastapi', 'standard', 'session'],
  ['flask', 'basic', 'apikey'],
  ['flask', 'standard', 'jwt'],
] as const) {
  test(`${id} with ${auth} at ${level}: red before, green after, each control missed`, {
    timeout: 400_000,
  }, async () => {
    const folder = await example(id, `${id}-${auth}`);
    const before = await proof(folder, level, auth, false);
    expect(before.counts.failed).toBeGreaterThan(30);
    await harden(folder, level, auth);
    const after = await proof(folder, level, auth, true);
    expect(failedIn(after)).toEqual([]);
    expect(after.counts.proved).toBeGreaterThan(90);
    expect(after.mutations.filter((one) => one.outcome !== 'noticed')).toEqual([]);
  });

  test(`${id} with ${auth}: own and security tests pass, a second run changes nothing`, {
    timeout: 120_000,
  }, async () => {
    const folder = await example(id, `${id}-${auth}-tests`);
    await harden(folder, level, auth);
    const again = await survey(folder, level, auth);
    expect(again.changes).toEqual([]);
    const argv = ['python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider'];
    const all = await ownerTests(folder, { argv, from: 'tests', cwd: '' });
    expect(all, all.said).toMatchObject({ good: true, failed: 0 });
    const marked = await run([...argv, '-m', 'security'], { cwd: folder });
    expect(marked.stdout).toMatch(/^1\d passed, 6 deselected/m);
  });
}

test('every cell of the Python frameworks plans, and its files are formatted and typed', {
  timeout: 300_000,
}, async () => {
  for (const id of ['fastapi', 'flask'] as const) {
    const folder = await example(id, `${id}-cells`);
    for (const auth of ['jwt', 'session', 'apikey'] as const) {
      for (const level of levels) {
        const { plan, policy } = await survey(folder, level, auth);
        expect(plan.cannot).toEqual([]);
        const kept = controlIds.filter((control) => policy.kept[control] !== undefined);
        expect(plan.steps.map(({ control }) => control)).toEqual(
          controlIds.filter((control) => !kept.includes(control)),
        );
        expect(plan.files.filter(({ text }) => text === '')).toEqual([]);
        expect(plan.packages.filter(({ range }) => range === '')).toEqual([]);
        const names = plan.files.map(({ file }) => path.basename(file));
        expect(names.filter((name) => name.startsWith('auth_'))).toEqual([`auth_${auth}.py`]);
      }
      const { project, framework } = await harden(folder, 'strict', auth);
      const emitted = framework.layout(project).folder;
      for (const command of [
        ['ruff', 'format', '--check', '--line-length', '100', emitted],
        ['mypy', '--strict', '--follow-imports=silent', emitted],
      ]) {
        const ran = await run(['python3', '-m', ...command], { cwd: folder });
        expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      }
    }
  }
});
