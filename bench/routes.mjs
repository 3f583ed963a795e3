// Routes that the readers find against the ground truth of a corpus, app by app.
//
//   node bench/routes.mjs --corpus DIR --repos DIR [--framework ID] [--only ID] [--show]
//
// DIR of --corpus holds realapps-routes.json, noir-routes.json and fastapi-docs-routes.json; --repos holds one
// checked out folder for each app, by its id (a cookiecutter rendered with its defaults), `noir` with the fixtures
// of that project, and `fastapi-docs` with docs_src. Nothing of them is kept.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    corpus: { type: 'string' },
    repos: { type: 'string' },
    framework: { type: 'string' },
    only: { type: 'string' },
    show: { type: 'boolean', default: false },
  },
});
if (!options.corpus || !options.repos) {
  console.error('usage: node bench/routes.mjs --corpus DIR --repos DIR [--framework ID] [--show]');
  process.exit(2);
}

const languages = {
  express: 'javascript',
  nestjs: 'javascript',
  fastapi: 'python',
  flask: 'python',
  gin: 'go',
};
const readers = {};
let detection;
const rows = [];
for (const one of [...realApps(), ...noirFixtures(), ...docsApps()]) {
  if (options.framework && one.framework !== options.framework) continue;
  if (options.only && !one.id.includes(options.only)) continue;
  const directory = join(options.repos, one.folder);
  if (!existsSync(directory)) {
    rows.push({ ...one, missingFolder: true });
    continue;
  }
  rows.push(await score(one, directory));
}
print();

function read(name) {
  const file = join(options.corpus, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function realApps() {
  return (read('realapps-routes.json')?.apps ?? []).map((app) => ({
    id: app.id,
    framework: app.framework,
    version: app.frameworkVersion,
    folder: join(app.id, app.dir ?? '.'),
    complete: true,
    truth: app.routes.map((route) => ({ ...route, within: route.app?.split('/').pop() })),
  }));
}

/** What the fixture's own runtime said counts where it differs from the expectation of the file. */
function noirFixtures() {
  return Object.entries(read('noir-routes.json')?.fixtures ?? {}).flatMap(([framework, all]) =>
    all.map((fixture) => {
      const audit = fixture.runtimeAudit ?? {};
      // An option of that project that leaves tests out is what our readers always do.
      const asked = Object.keys(fixture.options ?? {}).length > 0;
      const differs = audit.status === 'differs' && !asked;
      const dropped = new Set(differs ? (audit.noirOnly ?? []) : []);
      const added = differs ? (audit.runtimeOnly ?? []) : [];
      const truth = fixture.endpoints.filter((one) => !dropped.has(`${one.method} ${one.path}`));
      for (const one of added) {
        const [method, path] = one.split(' ');
        truth.push({ method, path });
      }
      return {
        id: `noir/${fixture.fixture}`,
        framework,
        folder: join('noir', fixture.dir),
        complete: fixture.complete,
        truth,
      };
    }),
  );
}

/** Each tutorial is an application of its own, with its neighbours where it imports them. */
function docsApps() {
  return (read('fastapi-docs-routes.json')?.apps ?? []).map((app) => ({
    id: `docs/${app.file.replace('docs_src/', '')}`,
    framework: 'fastapi',
    folder: join('fastapi-docs', dirname(app.file)),
    file: basename(app.file),
    complete: true,
    truth: app.endpoints,
  }));
}

async function reader(framework) {
  readers[framework] ??= load(framework);
  return readers[framework];
}

/** A module of the sources, bundled: Node 20 does not strip types. */
async function bundled(source, name) {
  const out = join(root, '.cache/bench');
  const target = join(out, `${name}.mjs`);
  mkdirSync(out, { recursive: true });
  await build({
    entryPoints: [source],
    outfile: target,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'error',
  });
  return import(pathToFileURL(target).href);
}

async function load(framework) {
  const source = join(root, 'src/frameworks', framework, 'reader.ts');
  if (!existsSync(source)) return undefined;
  const module = await bundled(source, framework);
  const language = join(root, 'src/languages', languages[framework]);
  for (const file of readdirSync(language).filter((name) => name.endsWith('.wasm'))) {
    cpSync(join(language, file), join(root, '.cache/bench', file));
  }
  return Object.values(module).find((one) => typeof one === 'function' && /^read/.test(one.name));
}

/** As the product detects it; `undefined` for a folder that is only a part of a project. */
async function detected(directory, { framework }) {
  detection ??= bundled(join(root, 'src/project/detect.ts'), 'detect');
  const { detect } = await detection;
  try {
    const { project } = await detect(directory, { cwd: directory, framework });
    return project.root === resolve(directory) ? project : undefined;
  } catch {
    return undefined;
  }
}

async function score(one, directory) {
  const readSurface = await reader(one.framework);
  if (!readSurface) return { ...one, noReader: true };
  const project =
    (one.file ? undefined : await detected(directory, one)) ?? projectOf(directory, one);
  const start = performance.now();
  const surface = await readSurface(project);
  const ms = performance.now() - start;
  const beside = await foreignRoutes(project, one.framework);
  const within = new Set(one.truth.flatMap((route) => route.within ?? []));
  const key = (route, part) => `${part ? `${part}: ` : ''}${route.method} ${spelled(route.path)}`;
  const found = [...surface.routes, ...beside].flatMap((route) => {
    const part = within.size > 0 ? route.place.file.split('/')[0] : undefined;
    if (part && !within.has(part)) return [];
    return [{ route, key: key(route, part) }];
  });
  const truth = new Set(one.truth.map((route) => key(route, route.within)));
  const got = new Set(found.map((each) => each.key));
  const all = new Set(
    found.flatMap((each) => (each.route.method === 'ALL' ? [each.key.replace(/ALL /, '')] : [])),
  );
  const files = found.filter((each) => each.route.kind === 'static').map((each) => each.key);
  const mounts = found
    .filter((each) => /\{path:path\}$/.test(each.route.path))
    .map((each) => ({ each, mount: each.key.replace(/^\w+ (.*)\{path\}$/, 'MOUNT $1*') }));
  // A file below a folder that is served, and a MOUNT row, are the wildcard that the frameworks register.
  const covered = (each) =>
    got.has(each) ||
    all.has(each.replace(/[A-Z]+ /, '')) ||
    mounts.some(({ mount }) => mount === each) ||
    files.some(
      (one) =>
        /\/\{\w+\}$/.test(one) &&
        /\.\w+$/.test(each) &&
        each.startsWith(one.replace(/\{\w+\}$/, '')),
    );
  const missing = [...truth].filter((each) => !covered(each));
  const paths = new Set([...truth].map((each) => each.replace(/[A-Z]+ /, '')));
  // Files, resolvers and sockets are no rows of the route tables that the truth was taken from.
  const extra = found
    .filter((each) => !truth.has(each.key))
    .filter((each) => !(each.route.method === 'ALL' && paths.has(each.key.replace(/ALL /, ''))))
    .filter((each) => !['static', 'graphql'].includes(each.route.kind))
    .filter((each) => each.route.kind !== 'websocket' || one.file)
    .filter((each) => !mounts.some((one) => one.each === each && truth.has(one.mount)))
    .filter((each) => !each.route.traits.includes('docs'))
    .map((each) => `${each.key}  ${each.route.place.file}:${each.route.place.line}`);
  return { ...one, ms, surface, truth, missing, extra: one.complete ? [...new Set(extra)] : [] };
}

/**
 * Express, Flask and FastAPI answer a path with and without the last slash in the same place, and a parameter is
 * the same one however it is spelled: `:id`, `{id}`, `<int:id>`, `*`.
 */
function spelled(path) {
  const plain = path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
  return plain
    .replace(/<(?:\w+(?:\([^)]*\))?:)?(\w+)>|\{(\w+)(?::\w+)?\}/g, '{$1$2}')
    .replace(/\/[:*](\w+)/g, '/{$1}');
}

/** A fixture may hold a second framework of the language; an audit of each lists its own. */
async function foreignRoutes(project, framework) {
  const others = { flask: ['fastapi', /^\s*(?:from|import)\s+fastapi\b/m] };
  const [other, imports] = others[framework] ?? [];
  if (!other || !project.tree.paths().some((path) => imports.test(project.tree.read(path) ?? '')))
    return [];
  const surface = await (await reader(other))({ ...project, framework: other });
  return surface.routes;
}

function projectOf(directory, one) {
  const files = {};
  list(directory, '', files);
  // A tutorial that imports no neighbour stands alone.
  if (one.file && !/from \.|import \./.test(files[one.file] ?? '')) {
    for (const path of Object.keys(files)) if (path !== one.file) delete files[path];
  }
  const paths = Object.keys(files).sort();
  const manifest = JSON.parse(files['package.json']?.replace(/^\uFEFF/, '') ?? '{}');
  const version = one.version ?? manifest.dependencies?.[one.framework] ?? undefined;
  return {
    root: directory,
    tree: {
      paths: () => paths,
      has: (path) => Object.hasOwn(files, path),
      read: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
    },
    language: languages[one.framework],
    framework: one.framework,
    frameworkVersion: version,
    frameworkMajor: version ? Number(/\d+/.exec(version)?.[0]) : undefined,
    manifest: 'package.json',
    modules: manifest.type === 'module' ? 'esm' : 'cjs',
    typescript: paths.some((path) => path.endsWith('.ts')),
    packageManager: 'npm',
    entry: undefined,
    start: undefined,
    test: undefined,
    member: '',
    dependencies: { ...manifest.dependencies, ...manifest.devDependencies },
    notes: [],
  };
}

function list(directory, below, files) {
  for (const entry of readdirSync(join(directory, below), { withFileTypes: true })) {
    if (['node_modules', '.git', '.venv', '__pycache__'].includes(entry.name)) continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) list(directory, path, files);
    else if (entry.isFile() && statSync(join(directory, path)).size < 1_000_000) {
      files[path] = readFileSync(join(directory, path), 'utf8');
    }
  }
}

function print() {
  const totals = new Map();
  console.log(row('app', 'truth', 'missing', 'extra', 'recall', 'precision', 'ms', 'unresolved'));
  for (const one of rows) {
    if (one.missingFolder || one.noReader) {
      console.log(row(one.id, one.missingFolder ? 'no folder' : 'no reader'));
      continue;
    }
    const hits = one.truth.size - one.missing.length;
    const part = /^(noir|docs)\//.exec(one.id)?.[1] ?? 'real apps';
    const total = totals.get(`${one.framework}, ${part}`) ?? { truth: 0, hits: 0, extra: 0, ms: 0 };
    total.truth += one.truth.size;
    total.hits += hits;
    total.extra += one.extra.length;
    total.ms += one.ms;
    totals.set(`${one.framework}, ${part}`, total);
    if (part === 'docs' && one.missing.length + one.extra.length === 0 && !options.only) continue;
    console.log(
      row(
        one.id,
        one.truth.size,
        one.missing.length,
        one.complete ? one.extra.length : '-',
        ratio(hits, one.truth.size),
        ratio(hits, hits + one.extra.length),
        one.ms.toFixed(0),
        one.surface.unresolved.length,
      ),
    );
    if (!options.show) continue;
    for (const each of one.missing) console.log(`    missing  ${each}`);
    for (const each of one.extra) console.log(`    extra    ${each}`);
    for (const { what, place } of one.surface.unresolved) {
      console.log(`    unresolved  ${what}  ${place.file}:${place.line}`);
    }
    for (const { file, reason } of one.surface.notAnalysed) {
      console.log(`    not analysed  ${file}: ${reason}`);
    }
  }
  for (const [name, { truth, hits, extra, ms }] of totals) {
    console.log(
      row(
        name,
        truth,
        truth - hits,
        extra,
        ratio(hits, truth),
        ratio(hits, hits + extra),
        ms.toFixed(0),
      ),
    );
  }
}

function ratio(part, whole) {
  return whole === 0 ? '1.000' : (part / whole).toFixed(3);
}

function row(name, ...cells) {
  return name.padEnd(42) + cells.map((cell) => String(cell).padStart(11)).join('');
}
