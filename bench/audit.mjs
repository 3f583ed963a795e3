// How fast a whole audit reads sources, against parsing the same files alone with the same parser.
//
//   node bench/audit.mjs [FOLDER…] [--rounds N]
//
// Without folders: the examples, and the fixtures of the readers. The first round of every folder warms up and
// is thrown away; then audit and parser take turns, and the median of processor time counts. Build first.
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { parseSync } from 'oxc-parser';
import { Language, Parser } from 'web-tree-sitter';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '9' } },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
const built = join(root, 'dist', 'index.js');
if (!existsSync(built) || !(rounds >= 1)) {
  console.error('usage: npm run build && node bench/audit.mjs [FOLDER…] [--rounds N]');
  process.exit(2);
}
const { survey, KnownError } = await import(pathToFileURL(built).href);

await Parser.init();
const python = new Parser();
python.setLanguage(await Language.load(join(root, 'dist', 'tree-sitter-python.wasm')));

const skipped = /[\\/](?:node_modules|\.git|\.venv|\.cache)$/;
const options = {
  yes: true,
  json: false,
  report: [],
  failOn: 'high',
  updateBaseline: false,
  mutate: false,
  install: false,
  test: false,
  review: [],
  force: false,
};

// Away from this repository: a folder without a manifest belongs to the nearest one above it.
const away = mkdtempSync(join(tmpdir(), 'secure-audit-'));
const rows = [];
try {
  for (const { name, folders } of groups()) rows.push(await measured(name, folders));
} finally {
  rmSync(away, { recursive: true, force: true });
}
print(rows);

/** A row of the table: one folder, or the many small ones of a framework's fixtures together. */
function groups() {
  if (positionals.length > 0) {
    return positionals.map((folder) => ({ name: folder, folders: [resolve(folder)] }));
  }
  const ids = ['express', 'nestjs', 'fastapi', 'flask'];
  const examples = ids.map((id) => ({
    name: `examples/${id}`,
    folders: [join(root, 'examples', id)],
  }));
  const fixtures = ids.map((id) => {
    const base = join(root, 'fixtures', id, 'read');
    const folders = existsSync(base) ? readdirSync(base).map((one) => join(base, one)) : [];
    return { name: `fixtures/${id}`, folders };
  });
  return [...examples, ...fixtures.filter(({ folders }) => folders.length > 0)];
}

async function measured(name, folders) {
  const files = [];
  const read = [];
  for (const original of folders) {
    const folder = join(away, relative(root, original).replaceAll(/[^\w-]+/g, '_'));
    cpSync(original, folder, { recursive: true, filter: (path) => !skipped.test(path) });
    try {
      const { project } = await survey(folder, options, folder);
      files.push(...sourcesOf(project));
      read.push(folder);
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      console.error(`left out: ${relative(root, original)}: ${error.message}`);
    }
  }
  if (files.length === 0) return undefined;
  const bytes = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  parseAll(files);
  const [parsing, auditing] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    parsing.push(timed(() => parseAll(files)));
    const before = process.cpuUsage();
    for (const folder of read) await survey(folder, options, folder);
    auditing.push(spent(before));
  }
  return { name, files: files.length, bytes, parse: median(parsing), audit: median(auditing) };
}

/** What the readers of this language parse, with its text in memory already. */
function sourcesOf({ tree, language, framework }) {
  const isPython = language === 'python' || framework === 'fastapi' || framework === 'flask';
  const wanted = isPython ? /\.py$/ : /(?<!\.d)\.[cm]?[jt]sx?$/;
  return tree
    .paths()
    .filter((path) => wanted.test(path))
    .map((path) => ({ path, text: tree.read(path) ?? '', isPython }));
}

function parseAll(files) {
  for (const { path, text, isPython } of files) {
    if (isPython) python.parse(text).delete();
    else {
      const lang = /tsx$/.test(path) ? 'tsx' : /ts$/.test(path) ? 'ts' : 'jsx';
      // The tree is made when it is asked for, and the audit needs it.
      void parseSync(path, text, { lang, preserveParens: false }).program;
    }
  }
}

function timed(work) {
  const before = process.cpuUsage();
  work();
  return spent(before);
}

/** Milliseconds of processor time: what else the machine does counts less than on a clock. */
function spent(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(list) {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}

function print(all) {
  const table = [['folder', 'files', 'kB', 'parser MB/s', 'audit MB/s', 'audit keeps', 'audit ms']];
  for (const row of all) {
    if (row === undefined) continue;
    const speed = (ms) => (row.bytes / 1e6 / (ms / 1000)).toFixed(2);
    table.push([
      row.name,
      String(row.files),
      (row.bytes / 1000).toFixed(1),
      speed(row.parse),
      speed(row.audit),
      `${(row.parse / row.audit).toFixed(3)}x`,
      row.audit.toFixed(1),
    ]);
  }
  const widths = table[0].map((_, at) => Math.max(...table.map((row) => row[at].length)));
  for (const row of table) {
    console.log(
      row.map((cell, at) => (at ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join('  '),
    );
  }
}
