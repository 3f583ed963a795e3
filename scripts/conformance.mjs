// `npm run conformance`: every framework × level × auth type is secured from its bare example, booted and probed,
// and each control is taken out once. `--reduced` plans and applies every cell, and boots one level of each auth type.
// `--only express` keeps one framework; `--json FILE` writes `{passed, failed}`.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePython } from './python.mjs';
import { cache, must, root } from './steps.mjs';

const { values: options } = parseArgs({
  options: { reduced: { type: 'boolean' }, only: { type: 'string' }, json: { type: 'string' } },
});
const levels = ['basic', 'standard', 'strict'];
const auths = ['jwt', 'session', 'apikey'];
// One level for each auth type, so that the reduced run still boots every level once.
const booted = { jwt: 'standard', session: 'strict', apikey: 'basic' };
const cli = join(root, 'dist', 'cli.js');
const frameworks = readdirSync(join(root, 'examples')).filter(
  (name) => !options.only || name === options.only,
);
const rows = [];
const python = await ensurePython();
const environment = {
  ...process.env,
  NO_COLOR: '1',
  PATH: [dirname(python), process.env.PATH].join(delimiter),
};

for (const framework of frameworks) {
  for (const auth of auths) {
    for (const level of levels) {
      const boots = !options.reduced || booted[auth] === level;
      rows.push(cell(framework, level, auth, boots));
    }
  }
}
print(rows);
const failed = rows.filter((row) => row.wrong.length > 0).length;
if (options.json)
  writeFileSync(options.json, JSON.stringify({ passed: rows.length - failed, failed, rows }));
process.exit(failed === 0 ? 0 : 1);

function cell(framework, level, auth, boots) {
  const started = Date.now();
  const name = `${framework}-${level}-${auth}`;
  const folder = join(cache, 'conformance', name);
  fresh(framework, folder);
  const before = snapshot(folder);
  const row = {
    framework,
    level,
    auth,
    proved: '',
    failed: '',
    notRun: '',
    noticed: '',
    wrong: [],
    seconds: 0,
  };
  const applied = secure(
    folder,
    'apply',
    '.',
    '--yes',
    '--no-install',
    '--level',
    level,
    '--auth',
    auth,
  );
  if (applied.status !== 0) row.wrong.push(`apply ended with ${applied.status}: ${tail(applied)}`);
  const again = secure(folder, 'plan', '.', '--json');
  if (changesIn(again) !== 0) row.wrong.push('a second run is not an empty plan');
  if (boots && row.wrong.length === 0) prove(folder, framework, row);
  const undone = secure(folder, 'undo', '--yes');
  if (undone.status !== 0) row.wrong.push(`undo ended with ${undone.status}: ${tail(undone)}`);
  else if (snapshot(folder) !== before) row.wrong.push('undo left other bytes');
  row.seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `conformance: ${name} ${boots ? `${row.proved} proved, ${row.failed} failed, ${row.noticed} noticed` : 'applied and undone'} (${row.seconds} s)${row.wrong.length ? ` WRONG: ${row.wrong.join('; ')}` : ''}`,
  );
  return row;
}

function prove(folder, framework, row) {
  shareInstall(framework, folder);
  const ran = secure(folder, 'verify', '.', '--mutate', '--json', '--fail-on', 'critical');
  const proof = parsed(ran)?.proof;
  if (!proof) return row.wrong.push(`verify ended with ${ran.status}: ${tail(ran)}`);
  row.proved = proof.counts.proved;
  row.failed = proof.counts.failed;
  row.notRun = proof.counts.notRun;
  const noticed = proof.mutations.filter((one) => one.outcome === 'noticed');
  row.noticed = `${noticed.length}/${proof.mutations.length}`;
  for (const one of proof.verdicts.filter((each) => each.verdict === 'failed'))
    row.wrong.push(`${one.probe} failed: ${one.why}`);
  for (const one of proof.mutations.filter((each) => each.outcome === 'unnoticed'))
    row.wrong.push(`without ${one.control} every probe holds`);
  const { live } = proof;
  if (live?.notCompared !== undefined) row.wrong.push(`live table: ${live.notCompared}`);
  for (const each of ['missing', 'extra', 'unguarded'])
    if (live?.[each]?.length) row.wrong.push(`live table, ${each}: ${JSON.stringify(live[each])}`);
  if (proof.counts.proved === 0) row.wrong.push('nothing was proved');
}

/** The example as a clone would have it. */
function fresh(framework, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'examples', framework), folder, {
    recursive: true,
    filter: (path) => !/(?:node_modules|__pycache__|dist|\.pytest_cache)$/.test(path),
  });
}

/** Node packages are installed once for each set of them and linked; Python uses the project's .venv. */
function shareInstall(framework, folder) {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return;
  const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  const state = createHash('sha256')
    .update(JSON.stringify([dependencies, devDependencies]))
    .digest('hex')
    .slice(0, 12);
  const shared = join(cache, 'installs', `${framework}-${state}`);
  if (!existsSync(join(shared, 'node_modules'))) {
    mkdirSync(shared, { recursive: true });
    writeFileSync(
      join(shared, 'package.json'),
      JSON.stringify({ private: true, dependencies, devDependencies }),
    );
    must(
      [
        'npm',
        'install',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--no-package-lock',
        '--loglevel=error',
      ],
      { cwd: shared },
    );
  }
  symlinkSync(join(shared, 'node_modules'), join(folder, 'node_modules'));
}

function secure(folder, ...args) {
  return spawnSync('node', [cli, ...args], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
}

function parsed(ran) {
  try {
    return JSON.parse(ran.stdout);
  } catch {
    return undefined;
  }
}

function changesIn(ran) {
  return parsed(ran)?.plan?.changes?.length;
}

function tail({ stdout, stderr }) {
  return `${stderr}${stdout}`.trim().split('\n').slice(-6).join(' | ');
}

/** Every byte of the project, without what installing and building made. */
function snapshot(folder) {
  const hash = createHash('sha256');
  const visit = (at, name) => {
    for (const entry of readdirSync(at, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      if (/^(node_modules|dist|__pycache__|security\.sqlite.*)$/.test(entry.name)) continue;
      const path = join(at, entry.name);
      hash.update(`${name}/${entry.name}\0`);
      if (entry.isDirectory()) visit(path, `${name}/${entry.name}`);
      else hash.update(readFileSync(path));
    }
  };
  visit(folder, '');
  return hash.digest('hex');
}

function print(all) {
  const line = (cells) =>
    cells.map((text, i) => String(text).padEnd([10, 10, 9, 8, 8, 8, 9, 4][i])).join('');
  console.log(
    `\n${line(['framework', 'level', 'auth', 'proved', 'failed', 'not run', 'noticed', 's'])}`,
  );
  for (const row of all)
    console.log(
      line([
        row.framework,
        row.level,
        row.auth,
        row.proved,
        row.failed,
        row.notRun,
        row.noticed,
        row.seconds,
      ]) + (row.wrong.length ? `  ${row.wrong.join('; ')}` : ''),
    );
}
