import { overlay } from '../../kernel/tree.ts';
import {
  addImport,
  cannot,
  insertAfterLine,
  insertBefore,
  type TextEdit,
} from '../../languages/javascript/edit.ts';
import { isSource } from '../../languages/javascript/parse.ts';
import { skipLibraryTypes } from '../../languages/javascript/tsconfig.ts';
import type { Project } from '../../project/project.ts';
import { appFacts, isOwnCode } from '../../surface/queries.ts';
import type { Surface } from '../../surface/surface.ts';
import type { Edit, Framework, NewFile, RecipeInput } from '../framework.ts';
import { always, authFiles } from '../javascript/files.ts';
import { type Layout, layoutOf, projectLayout, specifier } from '../javascript/layout.ts';
import { printPolicy, printSchemas } from '../javascript/print.ts';
import { sharedPackages, zodOf } from '../javascript/recipes.ts';
import { lastSetUp, type Site, siteOf } from '../javascript/site.ts';
import { ownerTest } from './owner.ts';
import { mendKept } from './weak.ts';

/** One import and two calls: in front of everything, and behind the routes; also the printed files. */
export function mount(input: RecipeInput): ReturnType<Framework['mount']> {
  const { project, surface, policy, blueprint } = input;
  const layout = layoutOf(project);
  const { rename, text } = projectLayout(project);
  const shared = [...always, 'gate.ts', ...authFiles(policy)].map(
    (name): NewFile => ({
      file: `${layout.folder}/${rename(name)}`,
      text: text?.(blueprint.files[name] ?? '') ?? '',
      kind: 'copied',
    }),
  );
  const printed = [
    { name: 'policy.ts', text: printPolicy(policy, layout) },
    { name: 'schemas.ts', text: printSchemas(policy, layout, zodOf(project) ?? false) },
  ].map(
    (one): NewFile => ({
      file: `${layout.folder}/${rename(one.name)}`,
      text: one.text,
      kind: 'printed',
    }),
  );
  const mounted = calls({ project, surface, policy }, layout);
  const edited = mounted.flatMap((one) => (one.end === 'edited' ? [[one.file, one.text]] : []));
  const mended = mendKept(input, overlay(project.tree, Object.fromEntries(edited)));
  return {
    files: [...shared, ...printed, ...ownerTest(input, layout)],
    edits: [
      ...mounted,
      ...mended.edits,
      ...(layout.form === 'ts' ? skipLibraryTypes(project.tree, project.dependencies) : []),
    ],
    packages: sharedPackages(input),
    notes: [...mended.notes, ...notCovered(surface), ...namesInUse(project, layout)],
    scripts: { 'test:security': `node --test ${layout.folder}/owner.mjs` },
  };
}

function notCovered(surface: Surface): string[] {
  return appFacts(surface, 'websocket').map(
    ({ detail, place }) =>
      `not covered: websockets of ${detail.library} at ${place.file}:${place.line} open beside Express, where no middleware runs`,
  );
}

const meanings = {
  TRUST_PROXY: 'a hop count or CIDRs and refuses true',
  CORS_ORIGINS: 'exact origins with commas',
} as const;

/** Variables that the application reads for itself: what it means by them may stop the folder's start. */
function namesInUse({ tree }: Project, { folder }: Layout): string[] {
  const files = tree
    .paths()
    .filter((file) => isSource(file) && isOwnCode(file) && !file.startsWith(`${folder}/`));
  return Object.entries(meanings).flatMap(([name, takes]) => {
    const word = new RegExp(`\\b${name}\\b`);
    const file = files.find((each) => word.test(tree.read(each) ?? ''));
    return file === undefined
      ? []
      : [`${name} is read by the application, too (${file}): the folder takes ${takes}`];
  });
}

function calls(
  { project, surface, policy }: Pick<RecipeInput, 'project' | 'surface' | 'policy'>,
  layout: Layout,
): readonly Edit[] {
  const site = siteOf(project, surface);
  const paste = pasteFor('app');
  if (site === undefined) {
    const file = project.entry ?? project.manifest;
    return [cannot(file, 'the place where the application is made was not found', paste)];
  }
  const modules = project.modules ?? 'cjs';
  const texts = new Map<string, string>([[site.file, site.parsed.text]]);
  const edits: TextEdit[] = [];
  const wants = (id: keyof typeof policy.kept): boolean => policy.kept[id] === undefined;

  // From the last place to the first, so that the offsets of the earlier ones hold.
  const last = wants('errors') ? lastSetUp(site) : undefined;
  const open = (): void => step(site.created.start, `secure(${site.name})`, insertAfterLine);
  const close = (): void => {
    const code = `secureErrors(${site.name})`;
    if (last?.side === 'before') step(last.node.start, code, insertBefore);
    else if (last !== undefined) step(last.node.start, code, insertAfterLine);
    else if (wants('errors') && !stands(code))
      keep(
        cannot(
          site.file,
          'its routes are registered in functions that are called elsewhere',
          `${code}; // behind the last route`,
        ),
        site.file,
      );
  };
  const closesFirst = (last?.node.start ?? 0) >= site.created.start;
  for (const put of closesFirst ? [close, open] : [open, close]) put();
  for (const [file, text] of texts) {
    const names = ['secure', 'secureErrors'].filter((name) =>
      new RegExp(`\\b${name}\\(`).test(text),
    );
    if (names.length === 0) continue;
    const from = specifier(layout, file, 'index');
    keep(addImport(text, file, { from, names, modules }), file);
  }
  const done = [...texts].flatMap(([file, text]): Edit[] =>
    text === project.tree.read(file)
      ? [{ end: 'there', file, why: 'the calls stand there' }]
      : [{ end: 'edited', file, text, why: `mounts ${layout.folder}` }],
  );
  return [...edits.filter((edit) => edit.end === 'cannot'), ...done];

  function step(offset: number, code: string, insert: typeof insertAfterLine): void {
    const { file } = site as Site;
    const text = texts.get(file) ?? '';
    const style = /;\s*$/m.test(text) ? ';' : '';
    if (stands(code)) return;
    keep(insert(text, file, offset, `${code}${style}`, 'mounts the security folder'), file);
  }

  function stands(code: string): boolean {
    const { file } = site as Site;
    return new RegExp(`(?<![\\w.])${quoted(code)}`).test(texts.get(file) ?? '');
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
    "import { secure, secureErrors } from './security/index.js';",
    `secure(${name}); // first, before every other middleware`,
    `secureErrors(${name}); // last, behind the routes`,
  ].join('\n');
}
