import type { Policy } from '../../controls/policy.ts';
import { addImport, cannot, insertAfterLine } from '../../languages/javascript/edit.ts';
import { skipLibraryTypes } from '../../languages/javascript/tsconfig.ts';
import type { Surface } from '../../surface/surface.ts';
import type { Edit, Framework, NewFile, Package, RecipeInput } from '../framework.ts';
import { always, authFiles } from '../javascript/files.ts';
import { printPolicy, printSchemas } from '../javascript/print.ts';
import { sharedPackages, zodOf } from '../javascript/recipes.ts';
import { siteOf } from '../javascript/site.ts';
import { own as nestFiles } from './files.ts';
import { layoutOf, projectLayout, specifier } from './layout.ts';
import { ownerTests } from './owner.ts';
import { pipeChoice, withoutClasses } from './pipe.ts';
import { addModule, handedModule, rootModule } from './root-module.ts';

/** One import and one call in the bootstrap, one import and one entry in the root module; also the printed files. */
export function mount(input: RecipeInput): ReturnType<Framework['mount']> {
  const { project, surface, policy, blueprint } = input;
  const layout = layoutOf(project);
  const { rename, text } = projectLayout(project);
  const file = (name: string, content: string, kind: NewFile['kind']): NewFile => ({
    file: `${layout.folder}/${rename(name)}`,
    text: content,
    kind,
  });
  const pipe = pipeChoice(project, surface, policy);
  const pipes = pipe.installed ? 'pipes-dto.ts' : 'pipes-none.ts';
  const copied = [...always, ...nestFiles, pipes, ...authFiles(policy)].map((name) => {
    const content = blueprint.files[name] ?? '';
    return file(name, text?.(content) ?? content, 'copied');
  });
  const own = ownerTests(input);
  return {
    files: [
      ...copied,
      ...own.files,
      file('policy.ts', printPolicy(policy, layout), 'printed'),
      file(
        'schemas.ts',
        printSchemas(
          pipe.installed ? withoutClasses(policy, surface) : policy,
          layout,
          zodOf(project) ?? false,
        ),
        'printed',
      ),
    ],
    edits: [...edits(input), ...skipLibraryTypes(project.tree, project.dependencies)],
    packages: [...sharedPackages(input), ...types(input)],
    scripts: own.scripts,
    notes: [
      ...(pipe.why === undefined ? [] : [`no global ValidationPipe of ours: ${pipe.why}`]),
      ...graphqlNotes(surface, policy),
      ...socketNotes(surface),
      ...own.notes,
    ],
  };
}

/** The emitted files name Express's types, as most projects do already. */
function types({ project, blueprint }: RecipeInput): readonly Package[] {
  if ('@types/express' in project.dependencies) return [];
  const range = blueprint.packages['@types/express'] ?? '*';
  return [{ name: '@types/express', range, dev: true }];
}

function socketNotes({ routes }: Surface): readonly string[] {
  const names = routes.flatMap(({ kind, handler, guards }) => {
    const open = kind === 'websocket' && !guards.some((one) => one.kinds.includes('auth'));
    return open && handler.name !== undefined ? [handler.name] : [];
  });
  if (names.length === 0) return [];
  return [`no guard of ours stands before messages of sockets: @UseGuards for ${names.join(', ')}`];
}

/** What stands behind one path, and what no request of HTTP asks for. */
function graphqlNotes({ routes }: Surface, policy: Policy): readonly string[] {
  const operations = routes.filter(({ kind, path }) => kind === 'graphql' && !path.startsWith('/'));
  if (operations.length === 0 || policy.kept.authz !== undefined) return [];
  const names = operations.map(({ path }) => path);
  const live = names.filter((name) => name.startsWith('Subscription.'));
  return [
    `GraphQL: every operation has the access of its endpoint, unless it is @Public(): ${names.join(', ')}`,
    ...(live.length === 0
      ? []
      : [
          `no credential of ours reaches a subscription: without @Public() nobody gets ${live.join(', ')}`,
        ]),
  ];
}

function edits({ project, surface }: RecipeInput): readonly Edit[] {
  const layout = layoutOf(project);
  const site = siteOf(project, surface);
  const file = site?.file ?? project.entry ?? project.manifest;
  const from = specifier(layout, file);
  const paste = [
    `import { secure } from '${from}';`,
    'secure(app); // directly after NestFactory.create',
  ].join('\n');
  if (site === undefined) {
    return [cannot(file, 'the statement that makes the application was not found', paste)];
  }
  const root = rootModule(project, site) ?? handedModule(project, site);
  const entry = `imports: [SecurityModule] in the root module, from '${from}'`;
  const inModule =
    root === undefined
      ? cannot(file, 'the root module was not found', entry)
      : addModule(project, root, 'SecurityModule', specifier(layout, root.file));
  // A root module that the bootstrap file declares itself is edited first.
  const text =
    inModule.end === 'edited' && inModule.file === file
      ? inModule.text
      : (project.tree.read(file) ?? '');
  const after =
    inModule.end === 'edited' && inModule.file === file
      ? shifted(text, site.name)
      : site.created.start;
  const call = `secure(${site.name})${/;\s*$/m.test(text) ? ';' : ''}`;
  const why = `mounts ${layout.folder}`;
  const called = insertAfterLine(text, file, after, call, why);
  if (called.end === 'cannot') return [inModule, called];
  const known = called.end === 'edited' ? called.text : text;
  const imported = addImport(known, file, { from, names: ['secure'], modules: 'esm' });
  const inBootstrap: Edit =
    imported.end === 'edited' ? { ...imported, why } : imported.end === 'there' ? called : imported;
  return inModule.file === file && inModule.end === 'edited'
    ? [inBootstrap]
    : [inModule, inBootstrap];
}

/** Where the application is made in a text that was edited above it. */
function shifted(text: string, name: string): number {
  const found = new RegExp(`\\b${name.replace(/[.$]/g, '\\$&')}\\b[^=\\n]*=[^=]`).exec(text);
  return found?.index ?? 0;
}
