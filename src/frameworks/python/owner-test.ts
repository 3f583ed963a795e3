import { moduleName } from '../../languages/python/names.ts';
import { siteIn } from '../../languages/python/site.ts';
import type { Project } from '../../project/project.ts';
import type { Place } from '../../surface/surface.ts';
import type { NewFile } from '../framework.ts';
import { testTold } from './bare.ts';
import type { PythonLayout } from './layout.ts';

/** The tests that the owner keeps: what policy.py promises, asked of the application of this project. */
export function ownerTest({
  project,
  layout,
  place,
  text,
}: {
  project: Project;
  layout: PythonLayout;
  place: Place | undefined;
  text: string | undefined;
}): NewFile | undefined {
  const site = place && siteIn(project.tree.read(place.file) ?? '', place.line);
  if (text === undefined || place === undefined || site === undefined) return undefined;
  const made = importLines(project, place, site);
  if (made === undefined) return undefined;
  const { root } = layout.entry;
  const package_ = (root === '' ? layout.folder : layout.folder.slice(root.length + 1)).replaceAll(
    '/',
    '.',
  );
  const imports = [made.line, `from ${package_}.policy import POLICY`].sort();
  const body = text
    .replace(
      /^from application import app\nfrom security\.policy import POLICY$/m,
      imports.join('\n'),
    )
    .replace(/^APP = app$/m, `APP = ${made.value}`);
  // A mark that the project's own settings do not know would stop its whole test run.
  const strict = isStrict(project);
  return {
    file: fileOf(project, root),
    text: strict ? body.replace(/^pytestmark = .*\n/m, '') : body,
    kind: 'copied',
  };
}

function importLines(
  project: Project,
  place: Place,
  site: NonNullable<ReturnType<typeof siteIn>>,
): { line: string; value: string } | undefined {
  const { dotted } = moduleName(project.tree, place.file);
  if (dotted === '') return undefined;
  if (site.factory === undefined) {
    return { line: `from ${dotted} import ${site.name}`, value: site.name };
  }
  const name = site.factory.field('name')?.text;
  const needed = (site.factory.field('parameters')?.kids ?? []).some((one) =>
    /^(?:identifier|typed_parameter)$/.test(one.type),
  );
  if (name === undefined || needed || site.name.includes('.')) return undefined;
  return { line: `from ${dotted} import ${name}`, value: `${name}()` };
}

/** Beside the project's own tests, under a name that none of them has. */
function fileOf(project: Project, root: string): string {
  const paths = project.tree.paths();
  const own = paths
    .filter((path) => /(?:^|\/)tests?\/(?:[\w/]*\/)?test_\w+\.py$/.test(path))
    .sort((a, b) => a.split('/').length - b.split('/').length)[0];
  const folder =
    /^(?:.*?\/)?tests?(?=\/)/.exec(own ?? '')?.[0] ?? (root === '' ? 'tests' : `${root}/tests`);
  const others = paths.filter((path) => !project.tree.read(path)?.includes(testTold));
  const free = ['test_security.py', 'test_api_security.py', 'test_request_security.py'].find(
    (name) => !others.some((path) => path.endsWith(`/${name}`) || path === name),
  );
  return `${folder}/${free ?? 'test_policy_security.py'}`;
}

function isStrict({ tree }: Project): boolean {
  const settings = [
    'pytest.ini',
    'pyproject.toml',
    'setup.cfg',
    'tox.ini',
    '.pytest.ini',
    'pytest.toml',
  ];
  return settings.some((file) =>
    /strict[-_]markers|--strict\b|\bstrict\s*=\s*true|filterwarnings[\s\S]{0,80}\berror\b/i.test(
      tree.read(file) ?? '',
    ),
  );
}
