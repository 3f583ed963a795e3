import type { Project, StartCommand } from '../../../project/project.ts';
import type { LiveTable } from '../../framework.ts';
import type { Comparison } from '../../reconcile.ts';
import { targetOf } from '../target.ts';

/** The script beside the application, run by the Python that starts it. */
export function pythonTable(
  project: Project,
  start: StartCommand,
  makes: RegExp,
  how: Comparison,
): LiveTable | { why: string } {
  const words = start.argv;
  const at = words.findIndex((word) => server.test(word));
  const given = at === -1 ? { exact: [], loose: [] } : named(words.slice(at + 1));
  const own = targetOf(project, makes);
  const read = own === undefined ? [] : [`${own.module}:${own.attribute}`];
  // A script may make its application only when it is run: then it is the one that was read.
  const targets = given.exact.length > 0 ? given.exact : [...given.loose, ...read];
  if (targets.length === 0) return { why: `${words.join(' ')} names no module` };
  const folders = [
    ...valuesOf(words, /^--(?:app-dir|chdir|pythonpath)$/),
    ...besides(start, own?.cwd),
  ];
  const files = /flask$/.test(words[at] ?? '')
    ? ['.env', '.flaskenv']
    : valuesOf(words, /^--env-file$/);
  const argv = [
    ...interpreter(words),
    '{script}',
    ...folders.flatMap((folder) => ['--path', folder]),
    ...files.flatMap((file) => ['--env-file', file]),
    ...new Set(targets),
  ];
  return { script: 'table.py', command: { ...start, argv }, preload: false, how };
}

const server =
  /(?:^|\/)(?:uvicorn|gunicorn|hypercorn|granian|daphne|waitress|waitress-serve|fastapi|flask|python[\d.]*)$/;

interface Named {
  /** `app.main:app`, `app:create_app()`: an address has a number behind its colon. */
  exact: readonly string[];
  /** `app/main.py`, and words that may be a module. */
  loose: readonly string[];
}

function named(words: readonly string[]): Named {
  const inner = words.findIndex((word) => server.test(word));
  if (inner !== -1) return named(words.slice(inner + 1));
  const values = words.map((word) => word.replace(/^--(?:app|call)=/, ''));
  const after = ['-m', '--app', '-A'].flatMap((option) => {
    const at = words.indexOf(option);
    return at === -1 ? [] : [words[at + 1] ?? ''];
  });
  const modules = [...after, values.at(-1) ?? ''].filter((word) => /^[A-Za-z_][\w.]*$/.test(word));
  return {
    exact: values.filter((word) => /^[\w./-]+:[A-Za-z_][\w.]*(?:\(.*\))?$/.test(word)),
    loose: [...values.filter((word) => /^[\w./-]+\.py$/.test(word)), ...modules],
  };
}

/** `uv run`, `poetry run` and the interpreter itself; a server's script has its Python beside it. */
function interpreter(words: readonly string[]): string[] {
  const at = words.findIndex((word) => server.test(word));
  const word = words[at] ?? '';
  const before = words.slice(0, Math.max(at, 0));
  const runs = before[1] === 'run' || before[0] === 'env' ? before : [];
  if (/python[\d.]*$/.test(word)) return [...runs, word];
  return [...runs, word.includes('/') ? word.replace(/[^/]*$/, 'python3') : 'python3'];
}

function valuesOf(words: readonly string[], option: RegExp): string[] {
  return words.flatMap((word, at) => {
    const [name = '', value] = word.split('=', 2);
    return option.test(name) ? [value ?? words[at + 1] ?? ''] : [];
  });
}

/** The folder of the project's own modules, seen from the one that the server is started in. */
function besides(start: StartCommand, cwd: string | undefined): string[] {
  if (cwd === undefined || cwd === start.cwd) return [];
  const up = start.cwd.split('/').filter((part) => part !== '' && part !== '.');
  return [[...up.map(() => '..'), cwd].filter((part) => part !== '').join('/') || '.'];
}
