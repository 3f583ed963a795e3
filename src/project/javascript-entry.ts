import type { Tree } from '../kernel/tree.ts';
import { startCommands } from './commands.ts';
import { chooseEntry, type Entry } from './entry.ts';
import { folderOf, joined } from './paths.ts';
import type { FrameworkId } from './project.ts';
import { jsonOf } from './versions.ts';

export const nodeSource = /\.[cm]?[jt]sx?$/;
export const nodeForeign =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|spec|e2e|examples?|fixtures|dist|build|public|scripts|docs|generators|templates|benchmarks?)\/|\.(?:test|spec|e2e-spec|d)\.[cm]?[jt]sx?$|\.config\.[cm]?[jt]s$/;

/** The file that makes the application: the one that the manifest's starts lead to. */
export function nodeEntry(
  tree: Tree,
  manifest: Readonly<Record<string, unknown>> | undefined,
  scripts: Readonly<Record<string, string>>,
  framework: FrameworkId,
  within: string,
): Entry {
  const makers = sourcesOf(tree).filter((file) => makes(framework, tree.read(file) ?? ''));
  const started = startedFiles(tree, manifest, scripts);
  const chosen = chooseEntry({
    makers,
    started,
    importsOf: (file) => importsOf(file, tree),
    isForeign: (file) => nodeForeign.test(file),
    usual: /(?:^|\/)(?:app|server|index|main)\.[cm]?[jt]sx?$/,
    within,
    sideBySide: framework === 'nestjs',
  });
  // Made by a library that we do not know: the started file is where its owner begins to read.
  const first = makers.length === 0 ? started.find((file) => !nodeForeign.test(file)) : undefined;
  return first === undefined ? chosen : { file: first, sure: false, rivals: [] };
}

/** Sources of the project, declaration files left out. */
export function sourcesOf(tree: Tree): string[] {
  return tree.paths().filter((file) => nodeSource.test(file) && !/\.d\.[cm]?ts$/.test(file));
}

/** Source text without comments; strings that hold `//` lose their end, which no pattern here minds. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');
}

function makes(framework: FrameworkId, text: string): boolean {
  if (framework === 'nestjs')
    return (
      text.includes('NestFactory') &&
      /NestFactory\s*\.\s*create\b(?!ApplicationContext|Microservice)/.test(withoutComments(text))
    );
  if (!/express/i.test(text) && !text.includes('overnightjs')) return false;
  const code = withoutComments(text);
  const names = [
    ...code.matchAll(
      /import\s+(?:\*\s+as\s+)?(\w+)\s*(?:,\s*\{[^}]*\}\s*)?(?:from|=\s*require\()\s*['"]express['"]/g,
    ),
    ...code.matchAll(
      /\b(\w+)\s*=\s*(?:require\(\s*['"]express['"]\s*\)|\w+\(\s*require\(\s*['"]express['"])/g,
    ),
  ].map((match) => match[1] ?? '');
  const calls = new RegExp(
    `(?<![\\w.$])(?:${[...new Set([...names, 'express'])].join('|')})(?:\\.default)?\\s*\\(\\s*\\)`,
  );
  return (
    calls.test(code) ||
    /require\(\s*['"]express['"]\s*\)\s*\(\s*\)/.test(code) ||
    /\bcreateExpressServer\s*\(|new\s+InversifyExpressServer\s*\(/.test(code) ||
    (/['"]@overnightjs\/core['"]/.test(code) && /extends\s+Server\b/.test(code))
  );
}

/** Every file that a manifest, a process manager or a container starts, as it stands in the sources. */
export function startedFiles(
  tree: Tree,
  manifest: Readonly<Record<string, unknown>> | undefined,
  scripts: Readonly<Record<string, string>>,
): string[] {
  const names = ['start', 'dev', 'start:dev', 'serve', 'develop', 'server', 'start:prod', 'watch'];
  const nodemon = jsonOf(tree.read('nodemon.json'));
  const pm2 = ['ecosystem.config.js', 'ecosystem.config.cjs', 'pm2.config.js', 'pm2.json'].flatMap(
    (file) => [...(tree.read(file) ?? '').matchAll(/["']?script["']?\s*:\s*["']([^"']+)["']/g)],
  );
  const said = [
    ...nestStarts(tree),
    manifest?.main,
    manifest?.module,
    ...names.map((name) => scripts[name]),
    nodemon?.exec,
    nodemon?.script,
    ...pm2.map((match) => match[1]),
    ...startCommands(tree).map(({ argv }) => argv.join(' ')),
  ];
  const files = said
    .filter((each): each is string => typeof each === 'string')
    .flatMap(filesIn)
    .flatMap((file) => sourcesFor(file, tree));
  return [...new Set(files)];
}

function nestStarts(tree: Tree): string[] {
  const cli = jsonOf(tree.read('nest-cli.json'));
  if (cli === undefined) return [];
  const { sourceRoot = 'src', entryFile = 'main' } = cli as Record<string, unknown>;
  return [`${sourceRoot}/${entryFile}.ts`];
}

/** File names in a script: `node -r dotenv/config dist/server.js`. */
function filesIn(command: string): string[] {
  const words = command.split(/[\s;&|="']+/).filter((word) => !word.startsWith('-'));
  return words.filter(
    (word) => nodeSource.test(word) || /^\.{0,2}\/?(?:[\w.-]+\/)+[\w.-]+$|^\.$/.test(word),
  );
}

/** A started file as it stands in the sources: `dist/server.js` is `src/server.ts`. */
export function sourcesFor(file: string, tree: Tree): string[] {
  const clean = file.replace(/^(?:\.\/|\/(?:usr\/src\/)?app\/)/, '').replace(/^\.$/, 'index');
  const bare = clean.replace(nodeSource, '');
  const stems = [
    bare,
    bare.replace(/^(?:\.?dist|build|out|lib|output)\/(?:src\/)?/, 'src/'),
    bare.replace(/^(?:\.?dist|build|out|output)\//, ''),
  ];
  const endings = [
    '',
    '.ts',
    '.js',
    '.mts',
    '.mjs',
    '.cts',
    '.cjs',
    '.tsx',
    '/index.ts',
    '/index.js',
  ];
  return [clean, ...stems.flatMap((stem) => endings.map((ending) => `${stem}${ending}`))].filter(
    (each) => tree.has(each) && (nodeSource.test(each) || isScript(tree.read(each) ?? '')),
  );
}

/** `bin/www` has no ending, but a shebang or a require. */
function isScript(text: string): boolean {
  return /^#!.*\bnode\b/.test(text) || /\brequire\(\s*['"]\./.test(text);
}

/** Files behind the imports of a file: relative ones, and those below the usual aliases. */
export function importsOf(file: string, tree: Tree): string[] {
  const text = tree.read(file) ?? '';
  const found = text.matchAll(/(?:\bfrom|\brequire\(|\bimport\(?)\s*['"]([^'"\n]+)['"]/g);
  return [...found].flatMap(([, to = '']) => {
    if (to.startsWith('.')) return sourcesFor(joined(folderOf(file), to), tree).slice(0, 1);
    const plain = to.replace(/^(?:[@~#]\/|[@#])/, '');
    const behind = plain.replace(/^[^/]*\//, '');
    const tries = plain === to ? [to] : [`src/${plain}`, plain, `src/${behind}`];
    return tries.flatMap((each) => sourcesFor(each, tree)).slice(0, 1);
  });
}
