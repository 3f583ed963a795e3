import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Policy } from '../src/controls/policy.ts';
import type { Blueprint } from '../src/frameworks/framework.ts';
import { nestjs } from '../src/frameworks/nestjs/index.ts';
import { makePlan, type Plan } from '../src/frameworks/plan.ts';
import { memoryTree, overlay } from '../src/kernel/tree.ts';
import { decide } from '../src/policy/decide.ts';
import type { Project } from '../src/project/project.ts';
import { fixtureProject } from './fixtures.ts';

const root = path.join(import.meta.dirname, '..');
const manifest = JSON.stringify({ dependencies: { '@nestjs/core': '^11.1.0' } });
/** A bootstrap as `nest new` writes it. */
export const main = [
  "import { NestFactory } from '@nestjs/core';",
  "import { AppModule } from './app.module';",
  '',
  'async function bootstrap() {',
  '  const app = await NestFactory.create(AppModule);',
  "  app.setGlobalPrefix('api');",
  '  await app.listen(3000);',
  '}',
  'bootstrap();',
  '',
].join('\n');
export const moduleWith = (inside: string) =>
  `import { Module } from '@nestjs/common';\n\n@Module(${inside})\nexport class AppModule {}\n`;

/** The blueprint as it stands in the sources. */
function blueprint(): Blueprint {
  const folder = path.join(root, 'blueprints/nestjs');
  const names = readdirSync(path.join(folder, 'src/security'));
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  return {
    files: Object.fromEntries([
      ...names.map((name) => [name, readFileSync(path.join(folder, 'src/security', name), 'utf8')]),
      ...readdirSync(path.join(folder, 'owner')).map((name) => [
        `owner/${name}`,
        readFileSync(path.join(folder, 'owner', name), 'utf8'),
      ]),
    ]),
    packages: { ...devDependencies, ...dependencies },
  };
}

export function project(files: Record<string, string>, over: Partial<Project> = {}): Project {
  return {
    ...fixtureProject('project'),
    framework: 'nestjs',
    typescript: true,
    frameworkMajor: 11,
    entry: 'src/main.ts',
    dependencies: { '@nestjs/core': '^11.1.0' },
    tree: memoryTree({ 'package.json': manifest, ...files }),
    ...over,
  };
}

export async function planFor(given: Project): Promise<{ plan: Plan; policy: Policy }> {
  const { project: bare } = nestjs.bare(given);
  const surface = await nestjs.read(bare);
  const policy = decide({
    project: bare,
    surface,
    postures: [],
    level: 'strict',
    auth: 'jwt',
    file: undefined,
    selected: () => true,
  });
  const input = { project: given, surface, policy, blueprint: blueprint() };
  return { plan: makePlan(nestjs, input), policy };
}

/** The project with a plan's files in it. */
export function applied(given: Project, plan: Plan): Project {
  const files = Object.fromEntries(plan.files.map(({ file, text }) => [file, text]));
  return { ...given, tree: overlay(given.tree, { ...plan.edited, ...files }) };
}

/** The files of `examples/nestjs`. */
export function exampleFiles(): Record<string, string> {
  const folder = path.join(root, 'examples/nestjs');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !/node_modules|^dist/.test(name) && statSync(path.join(folder, name)).isFile(),
  );
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
}
