import {
  addImport,
  cannot,
  insertAfterLine,
  type TextEdit,
} from '../../languages/javascript/edit.ts';
import { childrenOf, lineOf, type Node, textOf } from '../../languages/javascript/parse.ts';
import type { Surface } from '../../surface/surface.ts';
import type { Edit, RecipeInput } from '../framework.ts';
import { layoutOf, specifier } from './layout.ts';
import { lastSetUp, type Site, siteOf } from './site.ts';

/** One import and up to three calls: before everything, behind the body parsers, behind the routes. */
export function mount({ project, surface, policy }: RecipeInput): { edits: readonly Edit[] } {
  const layout = layoutOf(project);
  const site = siteOf(project, surface);
  const paste = pasteFor('app');
  if (site === undefined) {
    const file = project.entry ?? project.manifest;
    return {
      edits: [cannot(file, 'the place where the application is made was not found', paste)],
    };
  }
  const modules = project.modules ?? 'cjs';
  const texts = new Map<string, string>([[site.file, site.parsed.text]]);
  const edits: TextEdit[] = [];
  const wants = (id: keyof typeof policy.kept): boolean => policy.kept[id] === undefined;

  // From the last place to the first, so that the offsets of the earlier ones hold.
  const last = lastSetUp(site);
  if (wants('errors')) step(site.file, last.start, `secureErrors(${site.name})`);
  if (wants('validation')) {
    for (const parser of bodyParsers(surface, site)) {
      step(parser.file, parser.offset, `secureInput(${parser.name})`);
    }
  }
  step(site.file, site.created.start, `secure(${site.name})`);
  for (const [file, text] of texts) {
    const names = ['secure', 'secureErrors', 'secureInput'].filter((name) =>
      new RegExp(`\\b${name}\\(`).test(text),
    );
    if (names.length === 0) continue;
    const from = specifier(layout, file, 'index');
    keep(addImport(text, file, { from, names, modules }), file);
  }
  const done = [...texts].flatMap(([file, text]): Edit[] =>
    text === project.tree.read(file)
      ? [{ end: 'there', file, why: 'the calls stand there' }]
      : [{ end: 'edited', file, text, why: 'mounts src/security' }],
  );
  return { edits: [...edits.filter((edit) => edit.end === 'cannot'), ...done] };

  function step(file: string, offset: number, code: string): void {
    const text = texts.get(file) ?? project.tree.read(file) ?? '';
    const style = /;\s*$/m.test(text) ? ';' : '';
    if (new RegExp(`(?<![\\w.])${quoted(code)}`).test(text)) return;
    keep(
      insertAfterLine(text, file, offset, `${code}${style}`, 'mounts the security folder'),
      file,
    );
  }

  function keep(edit: TextEdit, file: string): void {
    edits.push(edit);
    if (edit.end === 'edited') texts.set(file, edit.text);
  }
}

function quoted(code: string): string {
  return code.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function pasteFor(name: string): string {
  return [
    "import { secure, secureErrors, secureInput } from './security/index.js';",
    `secure(${name}); // first, before every other middleware`,
    `secureInput(${name}); // behind the body parsers`,
    `secureErrors(${name}); // last, behind the routes`,
  ].join('\n');
}

interface Parser {
  file: string;
  offset: number;
  name: string;
}

/** The last application-wide body parser of each file: the input checks stand behind it. */
function bodyParsers(surface: Surface, site: Site): readonly Parser[] {
  const guards = surface.guards.filter((guard) => guard.kinds.includes('body'));
  const inFile = guards.filter((guard) => guard.place.file === site.file);
  const last = inFile.at(-1);
  if (last === undefined) return [];
  const node = statementOnLine(site, last.place.line);
  if (node === undefined) return [];
  const name = /^\s*([\w$.]+)\s*\.\s*use\b/.exec(textOf(site.parsed, node))?.[1] ?? site.name;
  return [{ file: site.file, offset: node.start, name }];
}

/** The innermost `x.use(…)` statement that covers the line. */
function statementOnLine(site: Site, line: number): Node | undefined {
  const covers = (node: Node): boolean =>
    lineOf(site.parsed, node.start) <= line && line <= lineOf(site.parsed, node.end);
  const search = (node: Node): Node | undefined => {
    for (const child of childrenOf(node)) {
      const inner = covers(child) ? search(child) : undefined;
      if (inner !== undefined) return inner;
    }
    const call =
      node.type === 'ExpressionStatement' && /\.\s*use\s*\(/.test(textOf(site.parsed, node));
    return call ? node : undefined;
  };
  return search(site.parsed.program);
}
