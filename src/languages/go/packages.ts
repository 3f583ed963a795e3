import type { Tree } from '../../kernel/tree.ts';
import { field, type GoNode, goParser, stringOf } from './parse.ts';
import { type GoFile, type Package, typeName } from './values.ts';

export interface GoProject {
  packages: ReadonlyMap<string, Package>;
  notAnalysed: { file: string; reason: string }[];
  read: { files: number; bytes: number };
}

/** Parses every package of the tree; a folder is a package, its path follows from the nearest go.mod. */
export async function loadPackages(tree: Tree): Promise<GoProject> {
  const parse = await goParser();
  const packages = new Map<string, Package>();
  const notAnalysed: { file: string; reason: string }[] = [];
  const read = { files: 0, bytes: 0 };
  for (const path of tree.paths()) {
    if (!path.endsWith('.go') || path.endsWith('_test.go') || /(?:^|\/)vendor\//.test(path))
      continue;
    const text = tree.read(path);
    if (text === undefined) continue;
    read.files += 1;
    read.bytes += text.length;
    const { root, errorLine } = parse(text);
    if (errorLine !== undefined) {
      notAnalysed.push({ file: path, reason: `syntax error in line ${errorLine}: read around it` });
    }
    add(packageAt(path, root, tree, packages), { path, root, imports: importsOf(root) });
  }
  for (const pkg of packages.values()) for (const file of pkg.files) named(file, packages);
  return { packages, notAnalysed, read };
}

/** A package of the project is called by its own clause: `v1` of `api/v1`, whatever its folder is. */
function named(file: GoFile, packages: ReadonlyMap<string, Package>): void {
  for (const [local, path] of [...file.imports]) {
    const own = packages.get(path)?.name;
    if (own !== undefined && local === lastPart(path) && !file.imports.has(own))
      file.imports.set(own, path);
  }
}

function packageAt(
  path: string,
  root: GoNode,
  tree: Tree,
  packages: Map<string, Package>,
): Package {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const clause = root.kids.find((kid) => kid.type === 'package_clause');
  const name = clause?.kids[0]?.text ?? 'main';
  const at = importPath(tree, folder);
  // Two mains may share a folder behind build tags; they are read as one.
  const made = packages.get(at) ?? {
    path: at,
    folder,
    name,
    files: [],
    names: new Map(),
    types: new Map(),
    methods: new Map(),
    initialised: false,
  };
  packages.set(at, made);
  return made;
}

function importPath(tree: Tree, folder: string): string {
  for (let at = folder; ; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '') {
    const manifest = tree.read(at === '' ? 'go.mod' : `${at}/go.mod`);
    const module = /^module\s+"?([^\s"]+)/m.exec(manifest ?? '')?.[1];
    if (module !== undefined) {
      const rest = folder.slice(at.length).replace(/^\//, '');
      return rest === '' ? module : `${module}/${rest}`;
    }
    if (at === '') return folder === '' ? 'main' : folder;
  }
}

function importsOf(root: GoNode): Map<string, string> {
  const imports = new Map<string, string>();
  const specs = root.kids
    .filter((kid) => kid.type === 'import_declaration')
    .flatMap((kid) => kid.kids)
    .flatMap((kid) => (kid.type === 'import_spec_list' ? kid.kids : [kid]));
  for (const spec of specs) {
    const path = stringOf(field(spec, 'path') ?? spec);
    if (path !== undefined) imports.set(field(spec, 'name')?.text ?? lastPart(path), path);
  }
  return imports;
}

/** `v5` of a path is a version, `jwt` before it the name; `go-` and `.go` fall away as by habit. */
function lastPart(path: string): string {
  const parts = path.split('/').filter((part) => !/^v\d+$/.test(part));
  return (parts.at(-1) ?? path).replace(/\.v\d+$/, '').replace(/^go-|-go$|\.go$/g, '');
}

function add(pkg: Package, file: GoFile): void {
  pkg.files.push(file);
  for (const node of file.root.kids) {
    if (node.type === 'function_declaration') {
      const name = field(node, 'name')?.text ?? '';
      const scope = { file, pkg, names: new Map(), parent: undefined };
      if (name !== 'init') pkg.names.set(name, { k: 'func', name, node, pkg, scope });
    }
    if (node.type === 'method_declaration') {
      const receiver = field(node, 'receiver')?.kids[0];
      const type = typeName(receiver && field(receiver, 'type'));
      pkg.methods.set(`${type}.${field(node, 'name')?.text}`, { node, file });
    }
    if (node.type === 'type_declaration') {
      for (const spec of node.kids) pkg.types.set(field(spec, 'name')?.text ?? '', spec);
    }
  }
}
