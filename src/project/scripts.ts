import type { Tree } from '../kernel/tree.ts';
import type { PackageManager, StartCommand } from './project.ts';

type Scripts = Readonly<Record<string, string>>;

export interface StartInput {
  tree: Tree;
  scripts: Scripts;
  /** File that starts the application when no script does. */
  launcher: string | undefined;
  typescript: boolean;
  manager: PackageManager;
  dependencies: Readonly<Record<string, string>>;
}

/**
 * How the owner starts the sources as they stand. What runs files of an earlier build would not notice
 * an edit, so such a script comes last; watchers are taken off, because they outlive a failed start.
 */
export function nodeStart(input: StartInput): StartCommand | undefined {
  const { scripts, launcher, typescript, tree } = input;
  const names = ['start', 'start:dev', 'dev', 'serve', 'develop', 'server', 'start:server'];
  const known = names.filter(
    (name) => scripts[name] !== undefined && !elsewhere.test(expanded(scripts[name], scripts)),
  );
  const [fresh] = known.filter((name) => !runsBuild(name, scripts, tree));
  if (fresh !== undefined) return commandOf(fresh, input);
  const runner = typescript ? sourceRunner(input) : ['node'];
  if (runner !== undefined && launcher !== undefined)
    return { argv: [...runner, launcher], from: launcher, cwd: '' };
  const [built] = known;
  return built === undefined ? undefined : commandOf(built, input);
}

/** Scripts that hand over to a daemon, a container or somebody's cloud: nothing of that is ours to stop. */
const elsewhere =
  /(?:^|[\s;&|])(?:docker|docker-compose|podman|kubectl|pm2(?:-\w+)?|forever|vercel|netlify|serverless|sls|firebase|heroku|sam|eb)\s/;

/** The project's own tests once, without a watcher; npm's default script is no test. */
export function nodeTest(scripts: Scripts, manager: PackageManager): StartCommand | undefined {
  const { test } = scripts;
  if (test === undefined || /no test specified/.test(test)) return undefined;
  const once = /\bjest\b.*--watch/.test(test) ? ['--watch=false', '--watchAll=false'] : [];
  const rest = once.length === 0 ? [] : manager === 'npm' ? ['--', ...once] : once;
  return { argv: [manager, 'run', 'test', ...rest], from: 'package.json scripts.test', cwd: '' };
}

const builtFile =
  /(?:^|\s)(?:\.\/)?((?:\.?dist|build|out|output|lib)\/[\w./-]*)|\bnode\s+(?:\.\/)?(\.?dist|build|out)(?=\s|$)/;

/** `node dist/main.js` without a build step before it, where dist is not what the owner edits. */
function runsBuild(name: string, scripts: Scripts, tree: Tree): boolean {
  const script = expanded(scripts[name] ?? '', scripts);
  const file = builtFileOf(script);
  if (file === undefined || tree.has(file) || tree.has(`${file}.js`)) return false;
  const all = `${expanded(scripts[`pre${name}`] ?? '', scripts)} ${script.replaceAll(file, '')}`;
  return !/\b(?:tsc|swc|build|compile|tsup|esbuild|babel|nest start)\b/.test(all);
}

function builtFileOf(script: string): string | undefined {
  const match = builtFile.exec(script);
  return match?.[1] ?? match?.[2];
}

/** A script with the scripts that it runs behind their names. */
function expanded(script: string, scripts: Scripts, depth = 0): string {
  if (depth > 3) return script;
  return script.replace(
    /\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?:-\S+\s+)*([\w:.-]+)/g,
    (all, name) =>
      scripts[name] === undefined
        ? all
        : `${all} && ${expanded(scripts[name], scripts, depth + 1)}`,
  );
}

function commandOf(name: string, { scripts, manager, dependencies }: StartInput): StartCommand {
  const from = `package.json scripts.${name}`;
  const argv = unwatched(scripts[name] ?? '', dependencies);
  if (argv !== undefined) return { argv, from, cwd: '' };
  const quiet = manager === 'npm' ? ['--silent'] : [];
  return { argv: [manager, 'run', ...quiet, name], from, cwd: '' };
}

/** `cross-env NODE_ENV=development nodemon src/app.js` is `node src/app.js`; `undefined` for anything but a watcher. */
function unwatched(
  script: string,
  dependencies: Readonly<Record<string, string>>,
): readonly string[] | undefined {
  const [command = ''] = script.split(/\s\|\s/);
  if (/[;&<>`$"'|*]/.test(command)) return undefined;
  const words = command.trim().split(/\s+/);
  while (/^(?:cross-env|npx)$|^\w+=/.test(words[0] ?? '')) words.shift();
  const [tool = '', ...rest] = words;
  const file = rest.findIndex((word) => /\.[cm]?[jt]sx?$/.test(word) && !word.startsWith('-'));
  if (file === -1) return undefined;
  const tail = rest.slice(file);
  if (tool === 'tsx' && rest.includes('watch'))
    return ['tsx', ...rest.filter((word) => word !== 'watch')];
  if (tool === 'node' && rest.some((word) => word.startsWith('--watch')))
    return ['node', ...rest.filter((word) => !word.startsWith('--watch'))];
  if (/^ts-node-dev$|^tsnd$/.test(tool)) {
    return [tool, ...rest.filter((word) => word !== '--respawn')];
  }
  if (tool !== 'nodemon') return undefined;
  if (rest.some((word) => /^(?:-x|--exec)$/.test(word))) return undefined;
  if (/\.[cm]?js$/.test(tail[0] ?? '')) return ['node', ...tail];
  const runner = ['tsx', 'ts-node'].find((each) => each in dependencies);
  return runner === undefined ? undefined : [runner, ...tail];
}

function sourceRunner({ dependencies }: StartInput): readonly string[] | undefined {
  if ('tsx' in dependencies) return ['tsx'];
  if (!('ts-node' in dependencies)) return undefined;
  return [
    'ts-node',
    ...('tsconfig-paths' in dependencies ? ['-r', 'tsconfig-paths/register'] : []),
  ];
}
