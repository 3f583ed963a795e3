import { addOwnImport, insertAfter, insertBefore, type TextEdit } from './edit.ts';
import { type PyNode, walk } from './parse.ts';
import { parsedPython, parser } from './ready.ts';
import { siteIn } from './site.ts';

export interface Call {
  /** Line in which the application is made. */
  line: number;
  /** Module of the function, as an import statement names it. */
  from: string;
  /** `secure`. */
  name: string;
  /** Modules of the project, as import statements name them. */
  isOwn: (module: string) => boolean;
}

/** One import, and one call when the application is complete; idempotent by the tree. */
export function mountCall(text: string, call: Call): TextEdit {
  const root = parsedPython(text);
  if (root === undefined) return { end: 'cannot', why: 'the file has a syntax error' };
  const bound = boundAs(root, call);
  if (bound !== undefined && calls(root, bound)) return { end: 'there' };
  const site = siteIn(text, call.line);
  if (site === undefined) {
    return { end: 'cannot', why: 'the application has no name in the place where it is made' };
  }
  const taken = bound === undefined && binds(root, call.name);
  const local = bound ?? (taken ? `${call.name}_app` : call.name);
  const statement = `${local}(${site.name})`;
  let edit: TextEdit = { end: 'edited', text };
  // From the last place to the first, so that the offsets of the earlier ones hold.
  for (const node of site.before.toReversed()) {
    edit = step(edit, (now) => insertBefore(parser, now, node, statement));
  }
  const { after } = site;
  if (after !== undefined) {
    const apart = site.factory !== undefined ? '' : apartFrom(after);
    edit = step(edit, (now) => insertAfter(parser, now, after, `${apart}${statement}`));
  }
  if (bound !== undefined) return edit;
  const line = `from ${call.from} import ${call.name}${taken ? ` as ${local}` : ''}`;
  return step(edit, (now) => addOwnImport(parser, now, line, site.created.start, call.isOwn));
}

/** Blank lines that formatters want between the last statement of a module and the call. */
function apartFrom({ type }: PyNode): string {
  if (/_definition$/.test(type)) return '\n\n';
  return /^import_(?:from_)?statement$/.test(type) ? '\n' : '';
}

function step(edit: TextEdit, next: (text: string) => TextEdit): TextEdit {
  return edit.end === 'edited' ? next(edit.text) : edit;
}

/** The local name under which the function is imported already. */
function boundAs(root: PyNode, { from, name }: Call): string | undefined {
  for (const node of walk(root)) {
    if (node.type !== 'import_from_statement' || node.field('module_name')?.text !== from) continue;
    for (const one of node.all('name')) {
      if (one.type !== 'aliased_import' && one.text === name) return name;
      if (one.field('name')?.text === name) return one.field('alias')?.text;
    }
  }
  return undefined;
}

function calls(root: PyNode, name: string): boolean {
  return [...walk(root)].some(
    (node) => node.type === 'call' && node.field('function')?.text === name,
  );
}

/** Whether the file gives the name to something of its own. */
function binds(root: PyNode, name: string): boolean {
  return [...walk(root)].some((node) => {
    if (/^(?:function|class)_definition$/.test(node.type)) return node.field('name')?.text === name;
    if (node.type === 'assignment') return node.field('left')?.text === name;
    if (!/^import_(?:from_)?statement$/.test(node.type)) return false;
    return node.all('name').some((one) => (one.field('alias') ?? one).text === name);
  });
}
