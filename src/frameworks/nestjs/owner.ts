import { parse } from 'jsonc-parser';
import { controlIds } from '../../controls/control.ts';
import type { Policy } from '../../controls/policy.ts';
import { authPrefix } from '../../controls/printed.ts';
import { printValue } from '../../languages/javascript/print.ts';
import { compilerOptions } from '../../languages/javascript/tsconfig.ts';
import type { Project } from '../../project/project.ts';
import type { Surface } from '../../surface/surface.ts';
import type { NewFile, RecipeInput } from '../framework.ts';
import { type Layout, layoutOf, projectLayout } from './layout.ts';

/** The owner's own tests of the policy, in the runner of the project, and the script that runs them. */
export interface OwnerTests {
  files: readonly NewFile[];
  scripts: Readonly<Record<string, string>>;
  notes: readonly string[];
}

const none: OwnerTests = { files: [], scripts: {}, notes: [] };

/** None where the project has no runner of its own, or no bootstrap that could be started in it. */
export function ownerTests({ project, surface, policy, blueprint }: RecipeInput): OwnerTests {
  const spec = blueprint.files['owner/owner-tests.ts'];
  const app = blueprint.files['owner/owner-app.ts'];
  const runner = runnerOf(project);
  const layout = layoutOf(project);
  if (spec === undefined || app === undefined || !project.entry) return none;
  if (runner === undefined) {
    return {
      ...none,
      notes: ['no security tests: there is neither jest that reads TypeScript nor vitest'],
    };
  }
  const inDialect = projectLayout(project).text ?? ((text: string) => text);
  const files: NewFile[] = [
    { file: `${layout.folder}/owner-app.ts`, text: inDialect(app), kind: 'copied' },
    {
      file: `${layout.folder}/owner-data.ts`,
      text: printExpected(plainly(policy, surface), layout),
      kind: 'printed',
    },
    {
      file: `${layout.folder}/owner-tests.ts`,
      text: inRunner(inDialect(spec), runner, project).replace(
        "'../main.js'",
        `'${toEntry(layout, project.entry)}'`,
      ),
      kind: 'copied',
    },
  ];
  if (runner === 'vitest') files.push(vitestConfig(project, layout));
  return { ...none, files, scripts: { 'test:security': command(project, layout, runner) } };
}

type Runner = 'jest' | 'vitest';

function runnerOf({ dependencies }: Project): Runner | undefined {
  if ('vitest' in dependencies) return 'vitest';
  // Without one of these it reads no TypeScript.
  const compiles = ['ts-jest', '@swc/jest', 'babel-jest', '@babel/core'];
  const able = 'jest' in dependencies && compiles.some((name) => name in dependencies);
  return able ? 'jest' : undefined;
}

/** Jest's functions are globals, unless only their module is there. */
function inRunner(text: string, runner: Runner, { dependencies, tree }: Project): string {
  if (runner === 'vitest') return text;
  const line = /^import \{([^}]*)\} from 'vitest';\n/m;
  if (!('@types/jest' in dependencies)) {
    return text.replace(line, "import {$1} from '@jest/globals';\n");
  }
  const { types } = compilerOptions(tree);
  const unnamed = Array.isArray(types) && !types.includes('jest');
  return `${unnamed ? '/// <reference types="jest" />\n' : ''}${text.replace(line, '')}`;
}

/** How the folder imports the bootstrap. */
function toEntry({ folder, suffix }: Layout, entry: string): string {
  const base = entry.split('/');
  const name = (base.pop() ?? '').replace(/\.[cm]?ts$/, '');
  const up = folder.split('/').length - base.length;
  return `${'../'.repeat(up)}${name}${suffix}`;
}

function printExpected(policy: Policy, { suffix }: Layout): string {
  const authz = policy.kept.authz === undefined;
  const value = {
    auth: policy.auth,
    prefix: authPrefix,
    unlisted: authz && !answersAll(policy) ? policy.unlisted : 'kept',
    controls: controlIds.filter((id) => policy.kept[id] === undefined),
    origins: policy.environment.origins,
    routes: policy.decisions
      .filter(({ access }) => authz || access === 'public' || access === 'kept')
      .map(({ method, path, access, body }) => ({
        method,
        path,
        access,
        ...(body === 'json' && { body }),
      })),
  };
  const start = 'export const expected: Expected = ';
  return [
    `import type { Expected } from './owner-app${suffix}';`,
    '',
    '/** What the security tests expect of this project, printed from secure.yaml; `secure` writes it anew. */',
    `${start}${printValue(value, start.length)};`,
    '',
  ].join('\n');
}

/** The routes that method and path alone reach; behind a GraphQL endpoint the operations are guarded. */
function plainly(policy: Policy, { routes }: Surface): Policy {
  const others = new Set(
    routes.filter((one) => one.needs !== undefined || one.kind === 'graphql').map(({ id }) => id),
  );
  return { ...policy, decisions: policy.decisions.filter(({ route }) => !others.has(route)) };
}

/** A page that stands for every path, or a route that takes them all: nothing is unlisted then. */
function answersAll({ decisions }: Policy): boolean {
  return decisions.some(({ path, access }) => access === 'public' && /^\/\{?\*\w*\}?$/.test(path));
}

/** With the project's own settings, and none of its tests. */
function command(project: Project, { folder }: Layout, runner: Runner): string {
  if (runner === 'vitest') return `vitest run --config ${folder}/owner.vitest.mjs owner-tests`;
  const { jest } = parse(project.tree.read('package.json') ?? '{}') as { jest?: object };
  const own = configs(project, /^jest\.config\.(?:[cm]?[jt]s|json)$/);
  // `jest --init` leaves every option there as a comment.
  const text = jest
    ? JSON.stringify(jest)
    : (project.tree.read(own ?? '') ?? '').replace(/^\s*\/\/.*$/gm, '');
  const found = jest !== undefined || own !== undefined;
  const plain = found || project.tree.paths().some((path) => /jest-e2e\.json$/.test(path));
  const e2e = found ? undefined : configs(project, /(?:^|\/)jest-e2e\.json$/);
  return [
    'jest',
    ...(plain ? [] : ['--preset ts-jest']),
    ...(e2e === undefined ? [] : [`--config ${e2e} --rootDir .`]),
    /\btestMatch\b/.test(text)
      ? '--testMatch "**/owner-tests.ts"'
      : `--testRegex ${folder}/owner-tests.ts`,
    ...(/\b(?:collectCoverage|coverageThreshold)\b/.test(text) ? ['--coverage=false'] : []),
  ].join(' ');
}

function configs({ tree }: Project, name: RegExp): string | undefined {
  return tree.paths().find((path) => name.test(path) && !path.includes('node_modules'));
}

function vitestConfig(project: Project, { folder }: Layout): NewFile {
  const own = configs(project, /^(?:vitest|vite)\.config\.[cm]?[jt]s$/);
  const from = `${'../'.repeat(folder.split('/').length)}${own}`;
  const include = `['${folder}/owner-tests.ts']`;
  const text =
    own === undefined
      ? `export default { test: { include: ${include} } };\n`
      : [
          "import { mergeConfig } from 'vitest/config';",
          `import own from '${from}';`,
          '',
          "const given = typeof own === 'function' ? await own({ command: 'serve', mode: 'test' }) : await own;",
          '',
          "// The project's own settings, for the security tests alone.",
          `export default mergeConfig(given, { test: { include: ${include} } });`,
          '',
        ].join('\n');
  return { file: `${folder}/owner.vitest.mjs`, text, kind: 'copied' };
}
