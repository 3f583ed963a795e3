import MagicString from 'magic-string';
import {
  addImport,
  cannot,
  settle,
  styleOf,
  type TextEdit,
} from '../../languages/javascript/edit.ts';
import {
  childrenOf,
  isParsed,
  type Node,
  type Parsed,
  parseFile,
  propertyName,
} from '../../languages/javascript/parse.ts';
import { resolver } from '../../languages/javascript/resolve.ts';
import type { Project } from '../../project/project.ts';
import type { Site } from '../javascript/site.ts';
import { readBootstraps } from './reader/bootstrap.ts';
import { loadProgram } from './reader/program.ts';

export interface RootModule {
  file: string;
  /** Name of the class. */
  name: string;
}

/** The class that the bootstrap hands to `NestFactory.create`, and the file that declares it. */
export function rootModule(project: Project, site: Site): RootModule | undefined {
  const name = firstArgument(site.created);
  if (name === undefined) return undefined;
  if (moduleObject(site.parsed, name) !== undefined) return { file: site.file, name };
  return declaredIn(project, site.parsed, name, 4);
}

/** The class that reaches the bootstrap as an argument of the function around it: `RestServer.make(AppModule)`. */
export function handedModule(project: Project, site: Site): RootModule | undefined {
  const made = readBootstraps(loadProgram(project.tree), project.entry);
  for (const { module, place } of made) {
    if (place.file !== site.file || module.kind !== 'class') continue;
    const name = module.node.id?.name;
    if (name !== undefined) return { file: module.file.path, name };
  }
  return undefined;
}

/** Follows the import of a class, also through files that only hand it on. */
function declaredIn(
  project: Project,
  from: Parsed,
  name: string,
  depth: number,
): RootModule | undefined {
  for (const statement of from.program.body) {
    const source = 'source' in statement ? statement.source : undefined;
    if (source?.type !== 'Literal' || typeof source.value !== 'string') continue;
    const imported = importedName(statement, name);
    if (imported === undefined) continue;
    const target = resolver(project.tree).resolve(from.path, source.value);
    if (target.kind !== 'file') continue;
    const parsed = parseFile(target.path, project.tree.read(target.path) ?? '');
    if (!isParsed(parsed)) continue;
    const own = imported === 'default' ? defaultClass(parsed) : imported;
    if (own !== undefined && moduleObject(parsed, own)) return { file: target.path, name: own };
    const further = depth > 0 ? declaredIn(project, parsed, imported, depth - 1) : undefined;
    if (further !== undefined) return further;
  }
  return undefined;
}

/** What a statement calls the thing that it brings in under this name. */
function importedName(statement: Node, name: string): string | undefined {
  if (statement.type === 'ExportAllDeclaration') return name;
  if (statement.type === 'ExportNamedDeclaration') {
    const found = statement.specifiers.find((one) => nameOf(one.exported) === name);
    return found === undefined ? undefined : nameOf(found.local);
  }
  if (statement.type !== 'ImportDeclaration') return undefined;
  const found = statement.specifiers.find((one) => one.local.name === name);
  if (found === undefined) return undefined;
  if (found.type === 'ImportDefaultSpecifier') return 'default';
  return found.type === 'ImportSpecifier' ? nameOf(found.imported) : undefined;
}

function nameOf(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'Literal' ? String(node.value) : undefined;
}

function defaultClass(parsed: Parsed): string | undefined {
  const found = parsed.program.body.find((one) => one.type === 'ExportDefaultDeclaration');
  const declared = found?.type === 'ExportDefaultDeclaration' ? found.declaration : undefined;
  if (declared?.type === 'Identifier') return declared.name;
  return declared?.type === 'ClassDeclaration' ? declared.id?.name : undefined;
}

/** `AppModule` of `NestFactory.create(AppModule, …)` and of `NestFactory.create(AppModule.register())`. */
function firstArgument(node: Node): string | undefined {
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
    const { property } = node.callee;
    if (property.type === 'Identifier' && property.name === 'create')
      return baseName(node.arguments[0]);
  }
  for (const child of childrenOf(node)) {
    const found = firstArgument(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function baseName(node: Node | undefined): string | undefined {
  if (node?.type === 'Identifier') return node.name;
  if (node?.type === 'CallExpression') return baseName(node.callee);
  return node?.type === 'MemberExpression' ? baseName(node.object) : undefined;
}

type ObjectNode = Extract<Node, { type: 'ObjectExpression' }>;

/** The object of `@Module({…})` on a class; `{}` where the decorator has none. */
function moduleObject(parsed: Parsed, name: string): ObjectNode | undefined {
  const find = (node: Node): ObjectNode | undefined => {
    if (node.type === 'ClassDeclaration' && node.id?.name === name) {
      for (const { expression } of node.decorators) {
        if (expression.type !== 'CallExpression' || expression.callee.type !== 'Identifier')
          continue;
        const [given] = expression.arguments;
        if (expression.callee.name === 'Module' && given?.type === 'ObjectExpression') return given;
      }
    }
    for (const child of childrenOf(node)) {
      const found = find(child);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return find(parsed.program);
}

/** Adds an entry to `imports` of the root module, and the import of it. */
export function addModule(
  project: Project,
  root: RootModule,
  entry: string,
  from: string,
): TextEdit {
  const { file } = root;
  const text = project.tree.read(file) ?? '';
  const why = `${root.name} imports ${entry}`;
  const parsed = parseFile(file, text);
  const paste = `import { ${entry} } from '${from}';\n@Module({ imports: [${entry}, …] })`;
  const object = isParsed(parsed) ? moduleObject(parsed, root.name) : undefined;
  if (!isParsed(parsed) || object === undefined) {
    return cannot(file, `@Module of ${root.name} could not be read`, paste);
  }
  const edited = new MagicString(text);
  if (!addEntry(edited, parsed, object, entry)) return { end: 'there', file, why };
  const listed = settle(file, edited.toString(), paste, why);
  if (listed.end !== 'edited') return listed;
  const imported = addImport(listed.text, file, { from, names: [entry], modules: 'esm' });
  return imported.end === 'edited'
    ? { ...imported, why }
    : imported.end === 'there'
      ? listed
      : imported;
}

/** False when the entry stands there. */
function addEntry(edited: MagicString, parsed: Parsed, object: ObjectNode, entry: string): boolean {
  const { text } = parsed;
  const property = object.properties.find(
    (one) => one.type === 'Property' && propertyName(one) === 'imports',
  );
  if (property?.type !== 'Property') {
    const [first] = object.properties;
    const { newline, indent } = styleOf(text, parsed.path);
    const inner = `imports: [${entry}]`;
    if (first === undefined) edited.update(object.start, object.end, `{ ${inner} }`);
    else if (text.slice(object.start, first.start).includes('\n'))
      edited.appendLeft(first.start, `${inner},${newline}${indentAt(text, first.start) || indent}`);
    else edited.appendLeft(first.start, `${inner}, `);
    return true;
  }
  const { value } = property;
  if (value.type !== 'ArrayExpression') {
    edited.appendLeft(value.start, `[${entry}, ...`).appendRight(value.end, ']');
    return true;
  }
  const items = value.elements.filter((one) => one !== null);
  if (items.some((one) => one.type === 'Identifier' && one.name === entry)) return false;
  const last = items.at(-1);
  if (last === undefined) edited.update(value.start, value.end, `[${entry}]`);
  else if (indentAt(text, last.start) !== undefined)
    edited.appendLeft(
      last.end,
      `,${styleOf(text, parsed.path).newline}${indentAt(text, last.start)}${entry}`,
    );
  else edited.appendLeft(last.end, `, ${entry}`);
  return true;
}

/** The white space in front of what begins a line; `undefined` where other code stands before it. */
function indentAt(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(start, offset);
  return /^[ \t]*$/.test(before) ? before : undefined;
}
