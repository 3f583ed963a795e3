import type { Tree } from '../../kernel/tree.ts';

/** Finds the file of a dotted module as Python would with the project on its path. */
export class Modules {
  readonly #tree: Tree;
  readonly #folders = new Set<string>();

  constructor(tree: Tree) {
    this.#tree = tree;
    for (const path of tree.paths()) {
      if (!path.endsWith('.py')) continue;
      for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
        this.#folders.add(path.slice(0, at));
      }
    }
  }

  /** `import a.b` inside `from`: the file, or the folder of a namespace package with a `/` at its end. */
  absolute(dotted: string, from: string): string | undefined {
    const path = dotted.replaceAll('.', '/');
    for (const root of roots(from)) {
      const found = this.at(root === '' ? path : `${root}/${path}`, from);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** `from ..a import b`: dots counted from the importing file. */
  relative(dots: number, dotted: string, from: string): string | undefined {
    const parts = from.split('/').slice(0, -dots);
    if (dots > from.split('/').length) return undefined;
    const path = [...parts, ...dotted.split('.').filter((part) => part !== '')].join('/');
    return this.at(path, undefined);
  }

  at(path: string, from: string | undefined): string | undefined {
    for (const file of [`${path}/__init__.py`, `${path}.py`]) {
      const clean = file.replace(/^\//, '');
      if (clean !== from && this.#tree.has(clean)) return clean;
    }
    return path === '' || this.#folders.has(path) ? `${path}/` : undefined;
  }
}

function roots(from: string): string[] {
  const parts = from.split('/').slice(0, -1);
  const own = parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
  return ['', 'src', ...own];
}
