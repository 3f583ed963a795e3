import type { Tree } from '../kernel/tree.ts';
import { startCommands } from './commands.ts';

const server = /(?:^|\/)(?:gunicorn|uvicorn|hypercorn|granian|fastapi)$/;

/** Processes that the owner's own start runs beside each other, and the file that says so. */
export function workersIn(tree: Tree): { count: number; from: string } | undefined {
  for (const { argv, from } of startCommands(tree)) {
    const count = workersOf(argv);
    if (count > 1) return { count, from };
  }
  const file = 'gunicorn.conf.py';
  const set = /^workers\s*=\s*(\d+)/m.exec(tree.read(file) ?? '')?.[1];
  return Number(set) > 1 ? { count: Number(set), from: file } : undefined;
}

/** What several processes do to state in memory, in one line; `undefined` for a single one. */
export function workersNote(tree: Tree): string | undefined {
  const found = workersIn(tree);
  if (found === undefined) return undefined;
  return `${found.from} starts ${found.count} workers, which share no memory: once hardened they need REDIS_URL, or each counts limits by itself`;
}

/** The same start with one process: what is proven is one application, not the luck of its workers. */
export function withOneWorker(argv: readonly string[]): readonly string[] {
  const at = place(argv);
  if (at === undefined) return argv;
  if (at.inside) return argv.with(at.index, `${at.option}${at.join}1`);
  return argv.with(at.index, '1');
}

function workersOf(argv: readonly string[]): number {
  const at = place(argv);
  if (at === undefined) return 1;
  const word = argv[at.index] ?? '';
  return Number(at.inside ? word.slice(at.option.length + at.join.length) : word) || 1;
}

interface WorkersPlace {
  index: number;
  option: string;
  /** The number stands in the option's own word: `-w3`, `--workers=3`. */
  inside: boolean;
  join: '' | '=';
}

function place(argv: readonly string[]): WorkersPlace | undefined {
  if (!argv.some((word) => server.test(word))) return undefined;
  for (const [index, word] of argv.entries()) {
    const [, option = '', join = '', number = ''] = /^(--workers|-w)(=?)(\d*)$/.exec(word) ?? [];
    if (option === '') continue;
    if (number === '') return { index: index + 1, option, inside: false, join: '' };
    return { index, option, inside: true, join: join === '=' ? '=' : '' };
  }
  return undefined;
}
