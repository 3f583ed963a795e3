import { seenInTests, withIds } from '../../languages/javascript/describe.ts';
import { javascriptFacts } from '../../languages/javascript/facts/facts.ts';
import { isParsed, isSource, type Parsed, parseFile } from '../../languages/javascript/parse.ts';
import type { Project } from '../../project/project.ts';
import type { Fact } from '../../surface/facts.ts';
import { isOwnCode } from '../../surface/queries.ts';
import type { Surface, Unresolved } from '../../surface/surface.ts';
import { describe, errorHandler, type Found } from './reader/describe.ts';
import { runExpress } from './reader/run.ts';
import { walkApp } from './reader/walk.ts';

/** Reads an Express project's whole surface from its sources. */
export async function readExpress(project: Project): Promise<Surface> {
  const { tree } = project;
  const sources = tree.paths().filter((path) => isSource(path) && !isForeign(path));
  const { machine, registry } = runExpress(project, sources.filter(isOwnCode));
  const roots = registry.routings.filter((one) => !one.mounted);
  const made = roots.filter((one) => one.kind === 'app');
  // A code base without an application gives its routers to one elsewhere.
  const apps = made.length > 0 ? made : roots;
  const walked = apps.map((app) => walkApp(machine, app));
  const found: Found[] = [];
  const seen = new Set<string>();
  for (const one of walked.flatMap((each) => each.served)) {
    const route = describe(machine, one);
    // A factory that is called twice makes the same application twice.
    const { app } = one;
    const key = `${app.place.file}:${app.place.line} ${route.method} ${route.path} ${route.place.file}:${route.place.line}`;
    if (seen.has(key) && twice(registry.routings, app)) continue;
    seen.add(key);
    found.push(route);
  }
  const parsed = sources.flatMap((path): Parsed[] => {
    const text = tree.read(path);
    const result = machine.parse(path) ?? (text === undefined ? undefined : parseFile(path, text));
    return result && isParsed(result) ? [result] : [];
  });
  const facts: Fact[] = [...javascriptFacts(project, parsed)];
  return {
    routes: withIds(seenInTests(found, facts)),
    guards: walked.flatMap((one) => one.guards.map(({ guard, scope }) => ({ ...guard, scope }))),
    errorHandlers: walked.flatMap((one) =>
      one.errorHandlers.map((each) => errorHandler(machine, each)),
    ),
    facts,
    unresolved: distinct([...registry.unresolved, ...walked.flatMap((one) => one.unresolved)]),
    notAnalysed: machine.notParsed.map((one) => ({ file: one.path, reason: one.error })),
    apps: apps.map((one) => ({ name: one.name, place: one.place })),
    read: {
      files: parsed.length,
      bytes: parsed.reduce((sum, one) => sum + one.text.length, 0),
    },
  };
}

function isForeign(path: string): boolean {
  return /(?:^|\/)(?:node_modules|bower_components|vendor|dist|build|coverage|\.[^/]+)\/|\.min\.[cm]?js$/.test(
    path,
  );
}

function twice(
  all: readonly { kind: string; place: { file: string; line: number } }[],
  app: { place: { file: string; line: number } },
): boolean {
  const same = all.filter(
    (one) =>
      one.kind === 'app' && one.place.file === app.place.file && one.place.line === app.place.line,
  );
  return same.length > 1;
}

function distinct(all: readonly Unresolved[]): Unresolved[] {
  const key = (one: Unresolved): string => `${one.place.file}:${one.place.line} ${one.what}`;
  return [...new Map(all.map((one) => [key(one), one])).values()];
}
