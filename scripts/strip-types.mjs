// TypeScript to JavaScript by taking ranges out: comments, names and order stay as they were written.
import MagicString from 'magic-string';
import { parseSync } from 'oxc-parser';

/** The same file without types. Constructs that have code of their own (enums, namespaces) are refused. */
export function toJavaScript(file, text) {
  const { program, comments } = parsed(file, text);
  const out = new MagicString(text);
  const documented = (node) => {
    // A doc comment belongs to the declaration behind it.
    const before = comments
      .filter((one) => one.end <= node.start && /^\s*$/.test(text.slice(one.end, node.start)))
      .at(-1);
    return before?.start ?? node.start;
  };
  for (const node of program.body) {
    const inner = node.type === 'ExportNamedDeclaration' ? (node.declaration ?? node) : node;
    const isType = /^TS(?:Interface|TypeAlias)Declaration$/.test(inner.type);
    const onlyTypes =
      node.importKind === 'type' ||
      node.exportKind === 'type' ||
      (node.specifiers?.length > 0 &&
        node.specifiers.every((one) => one.importKind === 'type' || one.exportKind === 'type'));
    if (isType || onlyTypes) removeLines(out, text, documented(node), node.end);
  }
  visit(program, (node, parent) => {
    if (/^TS(?:Enum|Module)/.test(node.type))
      throw new Error(`${file}: ${node.type} has code of its own`);
    if (
      node.type === 'TSTypeAnnotation' ||
      node.type === 'TSTypeParameterDeclaration' ||
      node.type === 'TSTypeParameterInstantiation'
    ) {
      out.remove(node.start, node.end);
      return false;
    }
    if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression')
      out.remove(node.expression.end, node.end);
    if (node.type === 'TSNonNullExpression') out.remove(node.end - 1, node.end);
    if (node.optional === true && node.type === 'Identifier') {
      const at = text.indexOf('?', node.start + node.name.length);
      out.remove(at, at + 1);
    }
    if (node.type === 'Identifier' && node.name === 'this' && parent?.type?.includes('Function')) {
      out.remove(node.start, node.end + (/^,\s*/.exec(text.slice(node.end))?.[0].length ?? 0));
    }
    if (node.type === 'PropertyDefinition' || node.type === 'MethodDefinition') {
      const words =
        /^(?:(?:public|private|protected|readonly|override)\s+)+/.exec(text.slice(node.start))?.[0]
          .length ?? 0;
      if (words > 0) out.remove(node.start, node.start + words);
    }
    if (
      (node.type === 'ImportSpecifier' && node.importKind === 'type') ||
      (node.type === 'ExportSpecifier' && node.exportKind === 'type')
    ) {
      out.remove(node.start, node.end + (/^,\s*/.exec(text.slice(node.end))?.[0].length ?? 0));
    }
    return !/^TS(?:Interface|TypeAlias)Declaration$/.test(node.type);
  });
  return `${out
    .toString()
    .replace(/^\s*\n/, '')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

/** ES module syntax as `require` and one `module.exports`. */
export function toCommonJs(file, text) {
  const { program } = parsed(file, text);
  const out = new MagicString(text);
  const names = [];
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') out.update(node.start, node.end, required(node));
    if (node.type !== 'ExportNamedDeclaration') continue;
    const { declaration } = node;
    if (declaration) {
      names.push(
        ...(declaration.id
          ? [declaration.id.name]
          : declaration.declarations.map((one) => one.id.name)),
      );
      out.remove(node.start, declaration.start);
      continue;
    }
    names.push(...node.specifiers.map((one) => one.exported.name));
    out.update(node.start, node.end, node.source ? required(node, 'exported') : '');
  }
  const end = names.length > 0 ? `\nmodule.exports = { ${names.join(', ')} };\n` : '';
  return `'use strict';\n\n${out.toString().trimEnd()}\n${end}`;
}

function required(node, local = 'local') {
  const source = `require('${node.source.value}')`;
  if (node.specifiers.length === 0) return `${source};`;
  const [first] = node.specifiers;
  if (first.type === 'ImportDefaultSpecifier' || first.type === 'ImportNamespaceSpecifier')
    return `const ${first.local.name} = ${source};`;
  const pairs = node.specifiers.map((one) => {
    const [from, to] =
      local === 'local' ? [one.imported.name, one.local.name] : [one.local.name, one.exported.name];
    return from === to ? from : `${from}: ${to}`;
  });
  return `const { ${pairs.join(', ')} } = ${source};`;
}

function parsed(file, text) {
  const result = parseSync(file, text);
  if (result.errors.length > 0) throw new Error(`${file}: ${result.errors[0].message}`);
  return result;
}

function removeLines(out, text, start, end) {
  const next = /^[ \t]*\n/.exec(text.slice(end))?.[0].length ?? 0;
  out.remove(start, end + next);
}

function visit(node, enter, parent) {
  if (enter(node, parent) === false) return;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child === 'object' && typeof child.type === 'string')
        visit(child, enter, node);
    }
  }
}
