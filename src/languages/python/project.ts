import type { Tree } from '../../kernel/tree.ts';
import { isOwnCode } from '../../surface/queries.ts';
import { pythonParser, walk } from './parse.ts';
import { Run } from './run.ts';
import type { Func } from './values.ts';

const aside = /(?:^|\/)(?:migrations|alembic|versions|site-packages|\.venv|venv|node_modules)\//;

/** Runs every module of a project, then the factories that nothing called. */
export async function runProject(
  tree: Tree,
  makes: RegExp,
): Promise<{ run: Run; files: string[]; bytes: number }> {
  const run = new Run(tree, await pythonParser());
  const files = tree.paths().filter((path) => path.endsWith('.py') && !aside.test(path));
  const own = files.filter((path) => isOwnCode(path));
  for (const file of own) run.module(file);
  for (const func of [...run.functions]) {
    if (!func.called && isFactory(func, makes)) {
      run.renew();
      run.invoke(func, [], new Map());
    }
  }
  const bytes = files.reduce((sum, file) => sum + (tree.read(file)?.length ?? 0), 0);
  return { run, files, bytes };
}

function isFactory(func: Func, makes: RegExp): boolean {
  for (const node of walk(func.node)) {
    if (node.type === 'call' && makes.test(node.field('function')?.text ?? '')) return true;
  }
  return false;
}
