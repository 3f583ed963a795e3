// Scores the audit against annotated files of other tools: is there a finding of the same category at the line?
// node bench/findings.mjs --corpus DIR --repos DIR[,DIR] [--language js|py] [--verbose]
// --corpus holds findings.json; --repos holds OWNER+NAME/repo (bare git) or OWNER+NAME/<files>.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: given } = parseArgs({
  options: {
    corpus: { type: 'string' },
    repos: { type: 'string' },
    language: { type: 'string', default: 'js' },
    verbose: { type: 'boolean', default: false },
  },
});
if (given.corpus === undefined || given.repos === undefined) {
  console.error(
    'usage: node bench/findings.mjs --corpus DIR --repos DIR[,DIR] [--language js|py] [--verbose]',
  );
  process.exit(2);
}

/** Their rule categories and queries, as our finding ids. */
const categories = {
  cors: [/^cors\//],
  csrf: [/^csrf\//],
  cookies: [/^auth\/cookie-/, /^auth\/session-(?:default-name|no-expiry)/],
  headers: [/^headers\//],
  'jwt-sensitive-payload': [/^auth\/jwt-record/],
  'hardcoded-secret': [/^auth\/(?:secret|password)-(?:in-source|fallback)/],
  'jwt-none-alg': [/^auth\/jwt-none/],
  'mass-assignment': [/^validation\/(?:mass-assignment|prototype-pollution)/],
  'open-redirect': [/^validation\/redirect/],
  'debug-mode': [/^errors\/debug/],
  'bind-all': [/^authz\/bind-all/],
  'error-disclosure': [/^errors\/stack-leak/],
  'body-limit': [/^validation\/body-unbounded/],
  'jwt-revocation': [/^auth\/jwt-not-revocable/],
  'clear-text-cookie': [/^auth\/cookie-no-secure/],
};
/** njsscan names rules without categories. */
const byRule = {
  express_bodyparser: 'body-limit',
  generic_cors: 'cors',
  express_cors: 'cors',
  helmet_feature_disabled: 'headers',
  generic_header_injection: 'headers',
  jwt_express_hardcoded: 'hardcoded-secret',
  jwt_not_revoked: 'jwt-revocation',
};
const byQuery = { 'js/clear-text-cookie (InsecureCookies)': 'clear-text-cookie' };

const kit = await bundle();
const corpus = JSON.parse(readFileSync(join(given.corpus, 'findings.json'), 'utf8'));
const cases = [
  ...annotated(corpus.semgrep),
  ...annotated(corpus.njsscan),
  ...queried(corpus.codeql),
];
const wanted = given.language === 'py' ? /\.py$/ : /\.[cm]?[jt]sx?$/;
const score = new Map();
const missing = [];
for (const one of cases.filter(({ path }) => wanted.test(path))) {
  const text = read(one.repo, one.commit, one.path);
  if (text === undefined) missing.push(`${one.repo} ${one.path}`);
  else judge(one, await findingsOf(basename(one.path), prepared(text)));
}
report();

function annotated({ repo, commit, files }) {
  return files.map(({ path, annotations, class: group }) => ({
    repo,
    commit,
    path,
    expected: annotations.filter(({ kind }) => kind === 'ruleid').map(label),
    ok: annotations.filter(({ kind }) => kind === 'ok').map(label),
    // A file of theirs without a finding: any finding of a category that they know is false to them.
    clean: group === 'true_negative',
  }));
}

function label({ line, rule, category }) {
  return {
    line,
    rule,
    category: category ?? byRule[rule] ?? (/cookie/.test(rule) ? 'cookies' : rule),
  };
}

function queried({ queries }) {
  return queries.flatMap(({ query, category, repo, commit, dir, alerts, filesWithoutAlert }) => {
    const kind = byQuery[query] ?? category;
    const files = [...new Set([...alerts.map(({ file }) => file), ...filesWithoutAlert])];
    return files.map((file) => ({
      repo,
      commit: /^[0-9a-f]{40}$/.test(commit ?? '') ? commit : undefined,
      path: `${dir}/${file}`,
      expected: alerts
        .filter((alert) => alert.file === file)
        .map(({ line }) => ({ line, rule: query, category: kind })),
      ok: [],
      clean: filesWithoutAlert.includes(file),
    }));
  });
}

function judge({ path, expected, ok, clean }, findings) {
  // A secret is told where it stands, with the lines that use it.
  const lines = ({ place, message }) => [
    place.line,
    ...[...message.matchAll(/\bline (\d+)/g)].map(([, number]) => Number(number)),
  ];
  const near = (finding, { line, category }) =>
    lines(finding).some((own) => Math.abs(own - line) <= 2) &&
    categories[category].some((pattern) => pattern.test(finding.id));
  const touched = new Set([...expected, ...ok].map(({ category }) => category));
  for (const one of expected) {
    const hit = findings.some((finding) => near(finding, one));
    const row = rowOf(one.category);
    row.expected += 1;
    if (hit) row.found += 1;
    else if (given.verbose)
      console.log(`missed  ${one.category}  ${path}:${one.line}  ${one.rule}`);
  }
  for (const finding of findings) {
    const kinds = Object.keys(categories).filter((name) =>
      categories[name].some((pattern) => pattern.test(finding.id)),
    );
    const kind = kinds.find((name) => touched.has(name)) ?? kinds[0];
    if (kind === undefined || expected.some((one) => near(finding, one))) continue;
    const marked = ok.some((one) => finding.place.line === one.line && near(finding, one));
    const where = `${path}:${finding.place.line}  ${finding.id} (${finding.confidence})  ${finding.message}`;
    if (marked || (clean && finding.severity !== 'info' && !/library$/.test(finding.id))) {
      rowOf(kind).wrong += 1;
      if (given.verbose) console.log(`false   ${kind}  ${where}`);
    } else if (touched.has(kind)) {
      rowOf(kind).beyond += 1;
      if (given.verbose) console.log(`beyond  ${kind}  ${where}`);
    }
  }
}

function rowOf(category) {
  if (!score.has(category)) score.set(category, { expected: 0, found: 0, wrong: 0, beyond: 0 });
  return score.get(category);
}

function report() {
  const total = { expected: 0, found: 0, wrong: 0, beyond: 0 };
  console.log('category                 expected  found  recall  false  beyond');
  for (const [name, row] of [...score].sort()) {
    print(name, row);
    for (const key of Object.keys(total)) total[key] += row[key];
  }
  print('all', total);
  console.log(
    'false: on a line marked ok, or in a file without findings. beyond: of the category, on a line that they do not mark.',
  );
  for (const one of missing) console.log(`not measured, not there: ${one}`);
}

function print(name, { expected, found, wrong, beyond }) {
  const recall = expected === 0 ? '-' : (found / expected).toFixed(2);
  console.log(
    name.padEnd(24),
    String(expected).padStart(8),
    String(found).padStart(6),
    recall.padStart(7),
    String(wrong).padStart(6),
    String(beyond).padStart(7),
  );
}

/** An import inside a function is no JavaScript; one file of theirs has it. Lines stay. */
function prepared(text) {
  return text.replace(
    /^([ \t]+)import (\w+) from (['"][^'"]+['"]);/gm,
    '$1const $2 = require($3);',
  );
}

function read(repo, commit, path) {
  const name = repo.replace('/', '+');
  for (const base of given.repos.split(',')) {
    const plain = join(base, name, path);
    if (existsSync(plain)) return readFileSync(plain, 'utf8');
    for (const git of [join(base, name, 'repo'), join(base, name, 'repo/.git')]) {
      if (!existsSync(join(git, 'HEAD'))) continue;
      for (const revision of [commit, 'HEAD'].filter(Boolean)) {
        try {
          return execFileSync('git', [`--git-dir=${git}`, 'show', `${revision}:${path}`], {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          });
        } catch {
          // The next revision may have it.
        }
      }
    }
  }
  return undefined;
}

async function findingsOf(name, text) {
  const file = `src/${name}`;
  const tree = kit.memoryTree({ [file]: text });
  const python = file.endsWith('.py');
  const project = {
    root: '/',
    tree,
    language: python ? 'python' : 'javascript',
    framework: python ? 'flask' : 'express',
    frameworkVersion: undefined,
    frameworkMajor: undefined,
    manifest: python ? 'requirements.txt' : 'package.json',
    modules: 'cjs',
    typescript: file.endsWith('ts'),
    packageManager: python ? 'pip' : 'npm',
    entry: file,
    start: undefined,
    test: undefined,
    member: '',
    dependencies: {},
    notes: [],
  };
  const facts = python
    ? await kit.pythonFactsOf(project)
    : kit.javascriptFactsOf(project, file, text);
  const surface = {
    routes: [],
    guards: [],
    errorHandlers: [],
    facts,
    unresolved: [],
    notAnalysed: [],
    apps: [],
    read: { files: 1, bytes: text.length },
  };
  return kit.toFindings(
    Object.values(kit.controls).flatMap((control) => control.audit(surface).findings),
    tree,
  );
}

async function bundle() {
  const out = join(root, '.cache/bench');
  mkdirSync(out, { recursive: true });
  await build({
    absWorkingDir: root,
    stdin: {
      contents: `
        import { javascriptFacts } from './src/languages/javascript/facts/facts.ts';
        import { isParsed, parseFile } from './src/languages/javascript/parse.ts';
        import { pythonFacts } from './src/languages/python/facts/facts.ts';
        import { runProject } from './src/languages/python/project.ts';
        export { controls } from './src/controls/index.ts';
        export { toFindings } from './src/findings/judge.ts';
        export { memoryTree } from './src/kernel/tree.ts';
        export function javascriptFactsOf(project, file, text) {
          const parsed = parseFile(file, text);
          if (!isParsed(parsed)) console.error('not analysed: ' + file + ': ' + parsed.error);
          return javascriptFacts(project, isParsed(parsed) ? [parsed] : []);
        }
        export function factsOfFiles(project, files) {
          return javascriptFacts(project, Object.entries(files).filter(([name]) => /\\.[cm]?[jt]sx?$/.test(name)).map(([name, text]) => parseFile(name, text)).filter(isParsed));
        }
        export async function pythonFactsOf(project) {
          const { run, files } = await runProject(project.tree, /(?:^|\\.)(?:Flask|FastAPI)$/);
          return pythonFacts(project, run, files);
        }`,
      resolveDir: root,
      loader: 'ts',
    },
    outfile: join(out, 'findings.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  cpSync(
    join(root, 'src/languages/python/tree-sitter-python.wasm'),
    join(out, 'tree-sitter-python.wasm'),
  );
  return import(pathToFileURL(join(out, 'findings.mjs')).href);
}
