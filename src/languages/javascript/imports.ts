import MagicString from 'magic-string';
import { afterStatement, cannot, place, settle, type TextEdit } from './edit.ts';
import { namesIn } from './names.ts';
import {
  isParsed,
  type Node,
  type Parsed,
  type Program,
  parseFile,
  stringLiteral,
} from './parse.ts';
import { styleOf } from './style.ts';

/** What a file shall import. Names may be written `imported as local`. */
export interface ImportRequest {
  from: string;
  names?: readonly string[];
  default?: string;
  modules: 'esm' | 'cjs';
}

/** Adds an import after the first run of imports; names join an import of the same source that is there. */
export function addImport(text: string, path: string, request: ImportRequest): TextEdit {
  const style = styleOf(text, path);
  const why = `import from ${request.from}`;
  const parsed = parseFile(path, text);
  if (!isParsed(parsed)) return cannot(path, parsed.error, statementFor(request, style));
  const form = { ...request, modules: formOf(parsed, request) };
  const existing = importsOf(parsed.program, form.from);
  const bound = new Set(existing.flatMap((one) => one.bound));
  const names = (form.names ?? []).filter((name) => !bound.has(localOf(name)));
  const main = form.default !== undefined && !bound.has(form.default) ? form.default : undefined;
  if (names.length === 0 && main === undefined) return { end: 'there', file: path, why };

  const wanted: ImportRequest = { from: form.from, modules: form.modules, names };
  if (main !== undefined) wanted.default = main;
  const line = statementFor(wanted, style);
  const taken = topLevelNames(parsed.program);
  const clash = [...names.map(localOf), ...(main ? [main] : [])].find((name) => taken.has(name));
  if (clash !== undefined) return cannot(path, `the name ${clash} is taken in this file`, line);

  const open = existing.find((one) => one.lastName !== undefined);
  if (open?.lastName && main === undefined) {
    const separator = form.modules === 'cjs' ? names.map(destructured) : names;
    const edited = new MagicString(text).appendLeft(open.lastName.end, `, ${separator.join(', ')}`);
    return settle(path, edited.toString(), line, why);
  }
  return settle(path, withLine(parsed, line), line, why);
}

function withLine(parsed: Parsed, line: string): string {
  const anchor = lastOfFirstRun(parsed.program);
  if (anchor) return place(parsed.text, parsed.path, line, '', afterStatement(parsed, anchor));
  const directive = parsed.program.body.findLast(
    (one) => one.type === 'ExpressionStatement' && typeof one.directive === 'string',
  );
  if (directive)
    return place(parsed.text, parsed.path, line, '', afterStatement(parsed, directive));
  const { newline } = styleOf(parsed.text, parsed.path);
  const at = headerEnd(parsed.text);
  const gap =
    at > 0 && parsed.text[at - 1] !== '\n' && parsed.text[at - 1] !== '\uFEFF' ? newline : '';
  return new MagicString(parsed.text).appendLeft(at, `${gap}${line}${newline}`).toString();
}

/** Behind a BOM, a shebang and a licence comment that a blank line sets apart. */
function headerEnd(text: string): number {
  const header =
    /^\uFEFF?(?:#![^\n]*(?:\n|$))?(?:(?:\/\*(?:(?!\*\/)[\s\S])*\*\/|(?:\/\/[^\n]*\n?)+)[ \t]*\r?\n[ \t]*\r?\n|[ \t]*\r?\n)*/;
  return header.exec(text)?.[0].length ?? 0;
}

function formOf(parsed: Parsed, request: ImportRequest): 'esm' | 'cjs' {
  const hasImport = parsed.program.body.some((one) => one.type === 'ImportDeclaration');
  if (hasImport || /\.(?:mjs|[cm]?tsx?)$/.test(parsed.path)) return 'esm';
  return parsed.path.endsWith('.cjs') ? 'cjs' : request.modules;
}

function statementFor(request: ImportRequest, style: ReturnType<typeof styleOf>): string {
  const end = style.semicolons ? ';' : '';
  const source = `${style.quote}${request.from}${style.quote}`;
  const names = request.names ?? [];
  if (request.modules === 'cjs') {
    const lines = request.default ? [`const ${request.default} = require(${source})${end}`] : [];
    if (names.length > 0) {
      lines.push(`const { ${names.map(destructured).join(', ')} } = require(${source})${end}`);
    }
    return lines.join('\n');
  }
  const braces = names.length > 0 ? [`{ ${names.join(', ')} }`] : [];
  const what = [...(request.default ? [request.default] : []), ...braces].join(', ');
  return `import ${what} from ${source}${end}`;
}

const localOf = (name: string) => name.split(' as ').at(-1)!.trim();
const destructured = (name: string) => name.split(' as ').join(': ');

interface Existing {
  bound: string[];
  /** The last name between braces, behind which another may stand. */
  lastName: Node | undefined;
}

function importsOf(program: Program, from: string): Existing[] {
  const found: Existing[] = [];
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration' && sameSource(statement.source.value, from)) {
      if (statement.importKind === 'type') continue;
      const named = statement.specifiers.filter((one) => one.type === 'ImportSpecifier');
      const bound = statement.specifiers.map((one) => one.local.name);
      found.push({ bound, lastName: named.at(-1) });
    }
    if (statement.type !== 'VariableDeclaration') continue;
    for (const { id, init } of statement.declarations) {
      const source = requiredSource(init);
      if (source === undefined || !sameSource(source, from)) continue;
      if (id.type === 'Identifier') found.push({ bound: [id.name], lastName: undefined });
      if (id.type === 'ObjectPattern') found.push(destructuring(id));
    }
  }
  return found;
}

function destructuring(id: Extract<Node, { type: 'ObjectPattern' }>): Existing {
  const bound = id.properties.flatMap((one) =>
    one.type === 'Property' && one.value.type === 'Identifier' ? [one.value.name] : [],
  );
  const last = id.properties.at(-1);
  return { bound, lastName: last?.type === 'Property' ? last : undefined };
}

/** `./security`, `./security/index` and `./security/index.js` are one module. */
function sameSource(one: string, other: string): boolean {
  const plain = (source: string) =>
    source.startsWith('.') ? source.replace(/\.[cm]?[jt]sx?$/, '').replace(/\/index$/, '') : source;
  return plain(one) === plain(other);
}

/** The last import or require of the first run of them: later ones may stand behind code that needs ours. */
function lastOfFirstRun(program: Program): Node | undefined {
  let last: Node | undefined;
  for (const statement of program.body) {
    if (isImport(statement)) last = statement;
    else if (last) break;
  }
  return last;
}

function isImport(statement: Node): boolean {
  if (statement.type === 'ImportDeclaration') return true;
  if (statement.type === 'TSImportEqualsDeclaration') return true;
  if (statement.type === 'ExpressionStatement')
    return requiredSource(statement.expression) !== undefined;
  if (statement.type !== 'VariableDeclaration') return false;
  return statement.declarations.every(({ init }) => requiredSource(init) !== undefined);
}

/** `require('x')`, also behind a member or a call: `require('x').y`, `require('dotenv').config()`. */
function requiredSource(node: Node | null | undefined): string | undefined {
  if (node?.type === 'MemberExpression') return requiredSource(node.object);
  if (node?.type !== 'CallExpression') return undefined;
  const { callee } = node;
  if (callee.type !== 'Identifier' || callee.name !== 'require') return requiredSource(callee);
  return stringLiteral(node.arguments[0]);
}

function topLevelNames(program: Program): Set<string> {
  const names = new Set<string>();
  for (const statement of program.body) {
    const declared =
      statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type === 'ImportDeclaration') {
      for (const one of declared.specifiers) names.add(one.local.name);
    }
    if (declared?.type === 'VariableDeclaration') {
      for (const { id } of declared.declarations) namesIn(id, names);
    }
    if (declared?.type === 'FunctionDeclaration' || declared?.type === 'ClassDeclaration') {
      if (declared.id) names.add(declared.id.name);
    }
  }
  return names;
}
