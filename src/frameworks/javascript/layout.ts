import { compilerOptions, needsRequire } from '../../languages/javascript/tsconfig.ts';
import type { Project } from '../../project/project.ts';
import type { Layout as FrameworkLayout } from '../framework.ts';
import { withAliases } from './aliases.ts';

export interface Layout {
  /** Folder of the emitted files, relative to the project root. */
  folder: string;
  /** Ending of the emitted source files. */
  extension: '.ts' | '.js' | '.mjs' | '.cjs';
  /** What relative imports end in. */
  suffix: '' | '.js' | '.ts' | '.mjs' | '.cjs';
  form: 'ts' | 'esm' | 'cjs';
}

/** Names by the project's habits: beside its sources, in its dialect, with its import endings. */
export function layoutOf(project: Project): Layout {
  const folder =
    project.tree.paths().some((path) => path.startsWith('src/')) && inSource(project)
      ? 'src/security'
      : join(sourceFolder(project), 'security');
  if (project.typescript)
    return { folder, extension: '.ts', suffix: typescriptSuffix(project), form: 'ts' };
  const form = project.modules === 'esm' ? 'esm' : 'cjs';
  const extension = extensionOf(project, form);
  return { folder, extension, suffix: extension, form };
}

function inSource(project: Project): boolean {
  return project.entry === undefined || project.entry.startsWith('src/');
}

function sourceFolder(project: Project): string {
  const [first, second] = (project.entry ?? '').split('/');
  const conventional = ['server', 'api', 'app', 'lib', 'backend'];
  return second !== undefined && conventional.includes(first ?? '') ? (first as string) : '';
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** `.js` follows the package's `type`; where the entry departs from it, the emitted files do too. */
function extensionOf(project: Project, form: 'esm' | 'cjs'): '.js' | '.mjs' | '.cjs' {
  const text = project.tree.read('package.json') ?? '{}';
  const packageIsEsm = /"type"\s*:\s*"module"/.test(text);
  if (form === 'esm') return packageIsEsm ? '.js' : '.mjs';
  return packageIsEsm ? '.cjs' : '.js';
}

function typescriptSuffix(project: Project): '' | '.js' | '.ts' {
  const count = { '': 0, '.js': 0, '.ts': 0 };
  for (const path of project.tree.paths()) {
    if (!/\.[cm]?ts$/.test(path) || path.endsWith('.d.ts')) continue;
    for (const match of (project.tree.read(path) ?? '').matchAll(
      /from\s+['"](\.{1,2}\/[^'"]+)['"]/g,
    )) {
      const ending = /\.(js|ts)$/.exec(match[1]!)?.[0] as '.js' | '.ts' | undefined;
      count[ending ?? ''] += 1;
    }
  }
  if (count['.js'] + count['.ts'] + count[''] === 0) return project.modules === 'esm' ? '.js' : '';
  if (count['.ts'] > count['.js'] && count['.ts'] > count['']) return '.ts';
  return count['.js'] >= count[''] ? '.js' : '';
}

/** The specifier by which `from` imports a file of the emitted folder. */
export function specifier(layout: Layout, from: string, name: string): string {
  const base = from.split('/').slice(0, -1);
  const target = layout.folder.split('/');
  let shared = 0;
  while (shared < base.length && base[shared] === target[shared]) shared += 1;
  const up = base.slice(shared).map(() => '..');
  const path = [...(up.length === 0 ? ['.'] : up), ...target.slice(shared), name].join('/');
  return `${path}${layout.suffix}`;
}

/** The layout in the words of the contract: names and import endings of the project. */
export function projectLayout(project: Project): FrameworkLayout {
  const layout = layoutOf(project);
  return inDialect(layout, isOldCommonJs(project, layout), project);
}

/** @param required whether the compiler gives a default import of a CommonJS package no value */
export function inDialect(
  { folder, form, extension, suffix }: Layout,
  required: boolean,
  project: Project,
): FrameworkLayout {
  return {
    folder,
    form,
    rename: (name) => name.replace(/^(auth|pipes)-\w+\.ts$/, '$1.ts').replace(/\.ts$/, extension),
    text: (text) => {
      const named = withAliases(text, project)
        .replace(/(['"])(\.\/[\w-]+)\.js\1/g, `$1$2${suffix}$1`)
        .replace(/(['"]\.\/)auth-\w+/g, '$1auth');
      if (!required) return named;
      return named.replace(/^import (\w+) from ('libsql')/gm, 'import $1 = require($2)');
    },
  };
}

/** A compiler without `esModuleInterop` gives a default import of a CommonJS package no value. */
function isOldCommonJs({ tree }: Project, { form }: Layout): boolean {
  if (form !== 'ts' || !tree.has('tsconfig.json')) return false;
  const options = compilerOptions(tree);
  const { module, target = 'es5' } = options;
  const isCommonJs = /^(?:commonjs|none)$/i.test(String(module));
  return (
    (isCommonJs || (module === undefined && /^es[35]$/i.test(String(target)))) &&
    needsRequire(options)
  );
}
