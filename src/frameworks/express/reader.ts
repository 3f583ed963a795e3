import { clientFacts, javascriptFacts, worldOf } from '../../languages/javascript/facts/facts.ts';
import { isSource, type Parsed } from '../../languages/javascript/parse.ts';
import type { Project } from '../../project/project.ts';
import { withIds } from '../../surface/describe.ts';
import type { Fact } from '../../surface/facts.ts';
import { isOwnCode } from '../../surface/queries.ts';
import { seenInTests } from '../../surface/seen-in-tests.ts';
import type { Place, Surface, Unresolved } from '../../surface/surface.ts';
import { describe, type Found } from './reader/describe.ts';
import { errorHandler } from './reader/errors.ts';
import { guardReader } from './reader/guards.ts';
import { placed, unplaced } from './reader/mounted.ts';
import { rewritten } from './reader/rewritten.ts';
import { runExpress } from './reader/run.ts';
import { type Served, walkApp } from './reader/walk.ts';

/** Reads an Express project's whole surface from its sources. */
export async function readExpress(project: Project): Promise<Surface> {
  const { tree } = project;
  const sources = tree.paths().filter((path) => isSource(path) && !isForeign(path));
  const { machine, registry } = runExpress(project, sources.filter(isOwnCode));
  const ran = [...machine.modules.values()].map((one) => one.parsed);
  const parsed = sources.flatMap((path): Parsed[] => {
    const isWanted = machine.modules.has(path) || saysSomething(path, tree.read(path) ?? '');
    const file = isWanted ? machine.parse(path) : undefined;
    return file ? [file] : [];
  });
  const roots = registry.routings.filter((one) => !one.mounted);
  const made = roots.filter((one) => one.kind === 'app');
  // A code base without an application gives its routers to one elsewhere.
  const apps = made.length > 0 ? made : roots;
  const major = project.frameworkMajor ?? 5;
  const guardOf = guardReader(machine, worldOf(project, ran));
  const walked = apps.map((app) => walkApp(machine, guardOf, app, major));
  const served = walked.flatMap((one) => one.served);
  const found = unique(served, (one) => describe(machine, one));
  const all = placed(javascriptFacts(project, parsed), served, machine);
  const inBrowsers = browserFiles(all, [...found, ...made]);
  const facts = [
    ...all.filter(({ place }) => !inBrowsers(place.file)),
    ...clientFacts(
      project,
      parsed.filter(({ path }) => inBrowsers(path)),
    ),
  ];
  return {
    routes: withIds(seenInTests(found, facts)),
    guards: distinct(
      walked.flatMap((one) => one.guards.map(({ guard, scope }) => ({ ...guard, scope }))),
    ),
    errorHandlers: distinct(
      walked.flatMap((one) =>
        one.errorHandlers.map((each) => errorHandler(machine, guardOf, each)),
      ),
    ),
    facts,
    unresolved: distinct([
      ...registry.unresolved,
      ...walked.flatMap((one) => one.unresolved),
      ...unplaced(facts),
      ...rewritten(parsed.filter(({ path }) => isOwnCode(path) && !inBrowsers(path))),
      ...apps.flatMap((one) => (one.kind === 'app' ? [] : [unmounted(one.place)])),
    ]),
    notAnalysed: machine.notParsed.map((one) => ({ file: one.path, reason: one.error })),
    apps: made.map((one) => ({ name: one.name, place: one.place })),
    read: {
      files: parsed.length,
      bytes: parsed.reduce((sum, one) => sum + one.text.length, 0),
    },
  };
}

/** Files below a folder that is served, unless code of the server stands there, too. */
function browserFiles(
  facts: readonly Fact[],
  served: readonly { place: Place }[],
): (file: string) => boolean {
  const folders = facts.flatMap((fact) =>
    fact.kind === 'static' && fact.detail.directory ? [`${fact.detail.directory}/`] : [],
  );
  const front = folders.filter(
    (folder) => folder !== './' && !served.some(({ place }) => place.file.startsWith(folder)),
  );
  return (file) => front.some((folder) => file.startsWith(folder));
}

function unmounted(place: Place): Unresolved {
  return { what: 'a router that no application here mounts: its prefix is not known', place };
}

function isForeign(path: string): boolean {
  return /(?:^|\/)(?:node_modules|bower_components|vendor|dist|build|coverage|\.[^/]+)\/|\.min\.[cm]?js$/.test(
    path,
  );
}

/** Pages of a front end and tests that call no server are many, and say nothing of the API. */
function saysSomething(path: string, text: string): boolean {
  const inBrowser =
    /\bfrom\s*['"](?:react|react-dom|vue|svelte|solid-js|preact|@angular\/core)\b/.test(text);
  if (inBrowser && !/['"](?:express|react-dom\/server)['"]/.test(text)) return false;
  if (isOwnCode(path)) return true;
  return /supertest|chai|superagent|light-my-request|\bfetch\(|axios|\brequest\(|\.inject\(/.test(
    text,
  );
}

/**
 * Routes in their order, files last: what stands in a folder answers only where no code does. A function that
 * registers on two applications (one of them for tests) gives its routes once, unless their guards differ.
 */
function unique(all: readonly Served[], made: (one: Served) => Found): Found[] {
  const seen = new Set<string>();
  const found: Found[] = [];
  for (const one of all) {
    const guards = one.guards.map(({ guard }) => `${guard.place.file}:${guard.place.line}`);
    const { file, line } = one.layer.place;
    const key = [one.method, one.path, file, line, ...guards].join(' ');
    const first = one.app === all[0]?.app;
    if (seen.has(key) && !first) continue;
    seen.add(key);
    found.push(made(one));
  }
  const isFiles = (route: Found): boolean => route.kind === 'static';
  return [...found.filter((one) => !isFiles(one)), ...found.filter(isFiles)];
}

function distinct<T extends { place: Place }>(all: readonly T[]): T[] {
  const key = ({ place, ...rest }: T): string =>
    `${place.file}:${place.line} ${JSON.stringify(rest)}`;
  return [...new Map(all.map((one) => [key(one), one])).values()];
}
