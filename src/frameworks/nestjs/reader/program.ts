import { dirname, join, normalize } from 'node:path/posix';
import type { Tree } from '../../../kernel/tree.ts';
import {
  isParsed,
  isSource,
  lineOf,
  type Node,
  type Parsed,
  parseFile,
} from '../../../languages/javascript/parse.ts';
import type { Place } from '../../../surface/surface.ts';
import { type Alias, aliasesOf } from './aliases.ts';
import { environmentOf } from './environment.ts';
import type { Value } from './values.ts';

/** Names that code at one place can see. Module scopes fill themselves on the first look-up. */
export interface Scope {
  names: Map<string, Value>;
  parent?: Scope | undefined;
  file: SourceFile;
}

export interface SourceFile {
  path: string;
  parsed: Parsed;
  scope: Scope;
  /** Local top-level names to their declarations. */
  declarations: Map<string, Node>;
  imports: Map<string, { from: string; name: string }>;
  /** Exported name to local name, or to a name of another file. */
  exports: Map<string, { local: string } | { from: string; name: string } | { node: Node }>;
  stars: string[];
}

export interface Program {
  tree: Tree;
  files: ReadonlyMap<string, SourceFile>;
  /** The owner's tests: no part of the application, but they say how it is called. */
  tests: readonly Parsed[];
  notAnalysed: readonly { file: string; reason: string }[];
  bytes: number;
  environment: ReadonlyMap<string, string>;
  aliases: readonly Alias[];
  /** Where imports led that were followed before. */
  resolved: Map<string, SourceFile | undefined>;
}

const notCode =
  /(^|\/)(node_modules|__tests__|__mocks__|\.[^/]+)\/|^(dist|build|coverage)\/|[.-](spec|test|e2e-spec|e2e)\.[cm]?[jt]sx?$/;
// `src/modules/test` can be a module of the application; `apps/api/test` is not.
const built = /(^|\/)(node_modules|dist|build|coverage|\.[^/]+)\//;
const testFolder = /^(?:(?!src\/)[^/]+\/)*(?:tests?|e2e)\//;

/** Whether a source belongs to the running application: no test, no build output. */
export function isApplicationSource(path: string): boolean {
  return isSource(path) && !notCode.test(path) && !testFolder.test(path);
}

/** Parses every source of the application and indexes what it imports, declares and exports. */
export function loadProgram(tree: Tree): Program {
  const files = new Map<string, SourceFile>();
  const notAnalysed: { file: string; reason: string }[] = [];
  const tests: Parsed[] = [];
  let bytes = 0;
  for (const path of tree.paths()) {
    if (!isSource(path) || built.test(path)) continue;
    const text = tree.read(path);
    if (text === undefined) continue;
    if (!isApplicationSource(path)) {
      const parsed = parseFile(path, text);
      if (isParsed(parsed)) tests.push(parsed);
      continue;
    }
    bytes += Buffer.byteLength(text);
    const parsed = parseFile(path, text);
    if (isParsed(parsed)) files.set(path, indexFile(path, parsed));
    else notAnalysed.push({ file: path, reason: parsed.error });
  }
  return {
    tree,
    files,
    tests,
    notAnalysed,
    bytes,
    environment: environmentOf(tree),
    aliases: aliasesOf(tree),
    resolved: new Map(),
  };
}

export function placeOf(file: SourceFile, node: { start: number }): Place {
  return { file: file.path, line: lineOf(file.parsed, node.start) };
}

/** The file that an import specifier means, when it is one of the project. */
export function resolveImport(
  program: Program,
  from: string,
  specifier: string,
): SourceFile | undefined {
  const key = specifier.startsWith('.') ? join(dirname(from), specifier) : `:${specifier}`;
  if (!program.resolved.has(key)) program.resolved.set(key, find(program, from, specifier));
  return program.resolved.get(key);
}

function find(program: Program, from: string, specifier: string): SourceFile | undefined {
  if (specifier.startsWith('.')) return fileAt(program, join(dirname(from), specifier));
  for (const { prefix, suffix, targets } of program.aliases) {
    const exact = suffix === undefined;
    if (exact ? specifier !== prefix : !specifier.startsWith(prefix)) continue;
    const rest = exact ? '' : specifier.slice(prefix.length);
    for (const target of targets) {
      const found = fileAt(program, normalize(`${target}${rest}`));
      if (found) return found;
    }
  }
  return fileAt(program, specifier);
}

function fileAt(program: Program, path: string): SourceFile | undefined {
  const plain = path.replace(/\/$/, '');
  const stem = plain.replace(/\.([cm]?)js$/, '.$1ts');
  const candidates = [plain, stem];
  for (const extension of ['ts', 'tsx', 'js', 'mts', 'cts', 'mjs', 'cjs', 'jsx']) {
    candidates.push(`${plain}.${extension}`, `${plain}/index.${extension}`);
  }
  for (const candidate of candidates) {
    const file = program.files.get(normalize(candidate));
    if (file) return file;
  }
  return undefined;
}

function indexFile(path: string, parsed: Parsed): SourceFile {
  const file = { path, parsed, stars: [] } as unknown as SourceFile;
  file.scope = { names: new Map(), file };
  file.declarations = new Map();
  file.imports = new Map();
  file.exports = new Map();
  for (const statement of parsed.program.body) indexStatement(file, statement);
  return file;
}

function indexStatement(file: SourceFile, statement: Node): void {
  switch (statement.type) {
    case 'ImportDeclaration':
      for (const one of statement.specifiers) {
        const name =
          one.type === 'ImportSpecifier'
            ? nameOf(one.imported)
            : one.type === 'ImportDefaultSpecifier'
              ? 'default'
              : '*';
        file.imports.set(one.local.name, { from: statement.source.value, name });
      }
      return;
    case 'ExportAllDeclaration':
      if (statement.exported) {
        file.exports.set(nameOf(statement.exported), { from: statement.source.value, name: '*' });
      } else file.stars.push(statement.source.value);
      return;
    case 'ExportDefaultDeclaration': {
      const { declaration } = statement;
      file.exports.set('default', { node: declaration });
      if ('id' in declaration && declaration.id?.type === 'Identifier') {
        file.declarations.set(declaration.id.name, declaration);
      }
      return;
    }
    case 'ExportNamedDeclaration':
      indexNamedExport(file, statement);
      return;
    default:
      declare(file, statement, false);
  }
}

function indexNamedExport(
  file: SourceFile,
  statement: Extract<Node, { type: 'ExportNamedDeclaration' }>,
): void {
  if (statement.declaration) declare(file, statement.declaration, true);
  for (const one of statement.specifiers) {
    const name = nameOf(one.local);
    file.exports.set(
      nameOf(one.exported),
      statement.source ? { from: statement.source.value, name } : { local: name },
    );
  }
}

function declare(file: SourceFile, statement: Node, exported: boolean): void {
  const add = (name: string, node: Node) => {
    file.declarations.set(name, node);
    if (exported) file.exports.set(name, { local: name });
  };
  if (statement.type === 'VariableDeclaration') {
    for (const declarator of statement.declarations) {
      if (declarator.id.type === 'Identifier') add(declarator.id.name, declarator);
      if (declarator.id.type !== 'ObjectPattern') continue;
      for (const one of declarator.id.properties) {
        const bound = one.type === 'Property' ? one.value : one.argument;
        if (bound.type === 'Identifier') add(bound.name, declarator);
      }
    }
    return;
  }
  if (statement.type === 'TSImportEqualsDeclaration') {
    const { moduleReference: reference } = statement;
    if (reference.type === 'TSExternalModuleReference') {
      file.imports.set(statement.id.name, { from: reference.expression.value, name: 'default' });
    }
    return;
  }
  if ('id' in statement && statement.id?.type === 'Identifier') add(statement.id.name, statement);
}

function nameOf(node: { type: string; name?: string; value?: unknown }): string {
  return node.name ?? String(node.value);
}
