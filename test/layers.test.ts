import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

/** What each folder may import, besides itself and the kernel. */
const arrows: Record<string, readonly string[]> = {
  kernel: [],
  surface: [],
  project: ['surface'],
  findings: ['surface'],
  controls: ['surface', 'findings', 'project'],
  languages: ['surface', 'project'],
  frameworks: ['languages', 'controls', 'project', 'surface', 'findings'],
  policy: ['frameworks', 'controls', 'project', 'surface', 'findings'],
  changes: ['frameworks', 'languages', 'controls', 'project', 'surface'],
  proof: ['frameworks', 'controls', 'project', 'surface', 'policy'],
  scanners: ['findings', 'surface', 'project'],
  reports: ['findings', 'controls', 'surface'],
  ui: [],
  commands: ['*'],
  'version.ts': [],
  'cli.ts': ['*'],
  'index.ts': ['*'],
};

/** Departures from the arrows, each with its reason. The list may only shrink. */
const exceptions: Record<string, string> = {};

const files = walk(src).filter((file) => file.endsWith('.ts'));
const first = (file: string): string => relative(src, file).split('/')[0]!;

test('every folder of src has its arrows', () => {
  const folders = new Set(files.map(first));
  expect([...folders].filter((folder) => arrows[folder] === undefined)).toEqual([]);
});

test('imports follow the arrows', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const from = first(file);
    const allowed = arrows[from] ?? [];
    for (const target of importsOf(file)) {
      const to = first(target);
      if (to === from || to === 'kernel' || allowed.includes('*') || allowed.includes(to)) continue;
      const name = `${relative(src, file)} → ${to}`;
      if (exceptions[name] === undefined) wrong.push(name);
    }
  }
  expect([...new Set(wrong)]).toEqual([]);
});

test('a control imports no framework and no other control', () => {
  const wrong = files
    .filter((file) => /^controls\/[a-z]+\//.test(relative(src, file)))
    .flatMap((file) =>
      importsOf(file)
        .map((target) => relative(src, target))
        .filter((target) => target.startsWith('frameworks/') || target.startsWith('languages/'))
        .map((target) => `${relative(src, file)} → ${target}`),
    );
  expect(wrong).toEqual([]);
});

test('a framework imports no other framework, and what a language shares imports none', () => {
  const wrong = files.flatMap((file) => {
    const [, from] = /^frameworks\/([a-z]+)\//.exec(relative(src, file)) ?? [];
    if (from === undefined) return [];
    return importsOf(file)
      .map((target) => relative(src, target))
      .filter((target) => {
        const [, to] = /^frameworks\/([a-z]+)\//.exec(target) ?? [];
        return to !== undefined && to !== from && !/^(?:javascript|python)$/.test(to);
      })
      .map((target) => `${relative(src, file)} → ${target}`);
  });
  expect(wrong).toEqual([]);
});

const doors: readonly { effect: string; pattern: RegExp; folders: readonly string[] }[] = [
  { effect: 'exits', pattern: /process\.exit(Code)?\b/, folders: ['cli.ts'] },
  {
    effect: 'prints',
    pattern: /console\.\w+\(|process\.(stdout|stderr)\.write/,
    folders: ['ui', 'cli.ts'],
  },
  { effect: 'spawns', pattern: /from 'node:child_process'|from 'tinyexec'/, folders: ['proof'] },
  {
    effect: 'calls',
    pattern: /from 'node:(http|https|net|tls|dgram)'|\bfetch\(/,
    folders: ['proof'],
  },
  {
    effect: 'writes',
    pattern:
      /\b(writeFile|writeFileSync|appendFile|rename|renameSync|rmSync|unlink|mkdirSync|symlink)\(/,
    folders: ['changes', 'proof'],
  },
];

test.each(doors)('only one door $effect', ({ pattern, folders }) => {
  const wrong = files
    .filter((file) => !folders.includes(first(file)))
    .filter((file) => pattern.test(withoutStrings(readFileSync(file, 'utf8'))))
    .map((file) => relative(src, file));
  expect(wrong.filter((file) => exceptions[file] === undefined)).toEqual([]);
});

test('files of src stay under 250 lines', () => {
  const long = files
    .map((file) => ({
      file: relative(src, file),
      lines: readFileSync(file, 'utf8').split('\n').length,
    }))
    .filter(({ lines }) => lines > 251);
  expect(long).toEqual([]);
});

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map((match) =>
    resolve(dirname(file), match[1]!),
  );
}

/** Comments and template texts may speak of what code may not do. */
function withoutStrings(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/`(?:\\.|[^`\\])*`/g, '``');
}
