import { parse as parseYaml } from 'yaml';
import type { Tree } from '../kernel/tree.ts';
import { folderOf } from './paths.ts';

/** A command that the owner's own files start, as words. No shell ever sees it. */
export interface FoundCommand {
  argv: readonly string[];
  /** File that says so. */
  from: string;
  /** Folder from which its module and file names count. */
  folder: string;
  /** Plain words: no pipe, no variable but the port, no second command. */
  plain: boolean;
}

/** Commands of Procfile, Dockerfiles and compose files, of shell scripts and task files, in this order. */
export function startCommands(tree: Tree): FoundCommand[] {
  return [
    ...fromProcfile(tree),
    ...fromDockerfiles(tree),
    ...fromCompose(tree),
    ...fromScripts(tree),
  ];
}

/** A shell line as words; `undefined` for an empty one. */
export function wordsOf(line: string, from: string, folder = ''): FoundCommand | undefined {
  const text = line.trim().replace(/^exec\s+/, '');
  const plain = !/[|&;<>`]|\$\((?!\))/.test(text);
  const argv = [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map((match) => match[1] ?? match[2] ?? (match[3] ?? '').replace(/\\(.)/g, '$1'))
    .map((word) => word.replace(/\$\{?PORT(?::-?\d+)?\}?/, '{port}'));
  return argv.length === 0 ? undefined : { argv, from, folder, plain };
}

function fromProcfile(tree: Tree): FoundCommand[] {
  const lines = (tree.read('Procfile') ?? '').split(/\r?\n/);
  const web = lines.filter((line) => /^web:/.test(line));
  return web.flatMap((line) => wordsOf(line.replace(/^web:/, ''), 'Procfile') ?? []);
}

/** The last CMD behind the last ENTRYPOINT. */
function fromDockerfiles(tree: Tree): FoundCommand[] {
  const files = tree
    .paths()
    .filter((file) => /^(?:[\w.-]+\/){0,2}(?:[\w-]+\.)?Dockerfile(?:\.[\w-]+)?$/.test(file));
  return files.flatMap((file) => {
    const text = (tree.read(file) ?? '').replace(/\\\r?\n/g, ' ');
    const last = (word: string): string[] => {
      const all = [...text.matchAll(new RegExp(`^\\s*${word}\\s+(.+)$`, 'gim'))];
      return listOrWords(all.at(-1)?.[1] ?? '');
    };
    const argv = [...last('ENTRYPOINT'), ...last('CMD')];
    return argv.length === 0 ? [] : [commandOf(argv, file)];
  });
}

function commandOf(argv: readonly string[], from: string): FoundCommand {
  // `sh -c "a && b"` is a shell line again.
  const inner =
    /^(?:\/bin\/)?(?:ba|a)?sh$/.test(argv[0] ?? '') && argv[1] === '-c' ? argv[2] : undefined;
  const line = inner === undefined ? undefined : wordsOf(inner, from, folderOf(from));
  return line ?? { argv, from, folder: folderOf(from), plain: true };
}

function listOrWords(text: string): string[] {
  if (!text.trim().startsWith('[')) return [...(wordsOf(text, '')?.argv ?? [])];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}

interface Compose {
  services?: Record<string, { command?: unknown; build?: unknown } | null>;
}

function fromCompose(tree: Tree): FoundCommand[] {
  const files = tree.paths().filter((file) => /^(?:docker-)?compose[\w.-]*\.ya?ml$/.test(file));
  return files.flatMap((file) => {
    const services = Object.values(composeOf(tree.read(file) ?? '').services ?? {});
    return services.flatMap((service) => {
      const command = service?.command;
      if (Array.isArray(command)) return [commandOf(command.map(String), file)];
      return typeof command === 'string' ? (wordsOf(command, file) ?? []) : [];
    });
  });
}

function composeOf(text: string): Compose {
  try {
    return (parseYaml(text, { logLevel: 'silent' }) as Compose | null) ?? {};
  } catch {
    return {};
  }
}

const servers =
  /(?:^|\s)(?:uvicorn|gunicorn|hypercorn|granian|waitress-serve|fastapi|flask|python3?|node|tsx|ts-node)\s/;

function fromScripts(tree: Tree): FoundCommand[] {
  const files = tree
    .paths()
    .filter((file) =>
      /^(?:Makefile|justfile|Justfile|Taskfile\.ya?ml|(?:scripts\/|bin\/|docker\/)?[\w.-]+\.sh)$/.test(
        file,
      ),
    );
  return files.flatMap((file) =>
    (tree.read(file) ?? '')
      .split(/\r?\n/)
      .filter((line) => servers.test(line) && !/^\s*#/.test(line))
      .flatMap((line) => wordsOf(line, file) ?? []),
  );
}
