// `npm test`: sets a fresh clone up, runs everything, and ends with the line `N passed, N failed`.
// `npm test -- src blueprints` runs only the named parts.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, installed, must, root, run } from './steps.mjs';

const started = Date.now();
const chosen = process.argv.slice(2);
const total = { passed: 0, failed: 0 };
const failures = [];

installed();
mkdirSync(cache, { recursive: true });
must(['node', 'scripts/build.mjs']);
const { ensurePython } = await import('./python.mjs');
const { ensureRedis } = await import('./redis.mjs');
const { ensureChromium } = await import('./chromium.mjs');

const packages = (folder) =>
  readdirSync(join(root, folder)).filter((name) =>
    existsSync(join(root, folder, name, 'package.json')),
  );
const pythonPackages = (folder) =>
  readdirSync(join(root, folder)).filter((name) =>
    existsSync(join(root, folder, name, 'pyproject.toml')),
  );

const parts = {
  lint: () => single('lint', ['npx', 'biome', 'check', '.']),
  types: () => single('types', ['npx', 'tsc', '--noEmit']),
  src: async () => {
    await ensureRedis();
    await ensureChromium();
    await ensurePython();
    // Tests of the live tables load applications with the packages of the blueprints.
    for (const name of packages('blueprints')) installed(join(root, 'blueprints', name));
    vitest('src', root, ['test/']);
  },
  blueprints: async () => {
    await ensureRedis();
    for (const name of packages('blueprints')) {
      const folder = join(root, 'blueprints', name);
      installed(folder);
      single(`blueprints/${name} types`, ['npx', 'tsc', '--noEmit'], folder);
      vitest(`blueprints/${name}`, folder, []);
    }
    const python = await ensurePython();
    for (const name of pythonPackages('blueprints')) {
      const folder = join(root, 'blueprints', name);
      single(`blueprints/${name} ruff`, [python, '-m', 'ruff', 'check', '.'], folder);
      single(`blueprints/${name} format`, [python, '-m', 'ruff', 'format', '--check', '.'], folder);
      single(`blueprints/${name} mypy`, [python, '-m', 'mypy', '.'], folder);
      pytest(`blueprints/${name}`, python, folder);
    }
  },
  e2e: () => vitest('e2e', root, ['e2e']),
  conformance: () => counted('conformance', ['node', 'scripts/conformance.mjs', '--reduced']),
};

for (const [name, part] of Object.entries(parts)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\n── ${name}  (${Math.round((Date.now() - started) / 1000)} s)`);
  await part();
}
for (const line of failures) console.log(`failed: ${line}`);
console.log(`\nran ${Math.round((Date.now() - started) / 1000)} s`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

function add(name, passed, failed) {
  total.passed += passed;
  total.failed += failed;
  if (failed > 0) failures.push(`${name} (${failed})`);
  console.log(`${name}: ${passed} passed, ${failed} failed`);
}

/** A step that either holds or does not: one test. */
function single(name, argv, cwd = root) {
  const code = run(argv, { cwd });
  add(name, code === 0 ? 1 : 0, code === 0 ? 0 : 1);
}

function vitest(name, cwd, paths) {
  const file = join(cache, `${name.replaceAll('/', '-')}.json`);
  rmSync(file, { force: true });
  const code = run(
    [
      'npx',
      'vitest',
      'run',
      ...paths,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    { cwd },
  );
  if (!existsSync(file)) return add(name, 0, 1);
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'));
  add(name, numPassedTests, code !== 0 && numFailedTests === 0 ? 1 : numFailedTests);
}

function pytest(name, python, cwd) {
  const file = join(cache, `${name.replaceAll('/', '-')}.xml`);
  rmSync(file, { force: true });
  const code = run([python, '-m', 'pytest', '-q', `--junitxml=${file}`], { cwd });
  if (!existsSync(file)) return add(name, 0, 1);
  const xml = readFileSync(file, 'utf8');
  const number = (key) =>
    Number(new RegExp(`<testsuite [^>]*\\b${key}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  add(name, number('tests') - failed - number('skipped'), code !== 0 && failed === 0 ? 1 : failed);
}

/** A script of ours that ends with `N passed, N failed` in a file. */
function counted(name, argv) {
  const file = join(cache, `${name}.json`);
  rmSync(file, { force: true });
  const code = run([...argv, '--json', file]);
  if (!existsSync(file)) return add(name, 0, 1);
  const { passed, failed } = JSON.parse(readFileSync(file, 'utf8'));
  add(name, passed, code !== 0 && failed === 0 ? 1 : failed);
}
