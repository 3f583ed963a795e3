import { javascriptFacts } from '../../languages/javascript/facts/facts.ts';
import type { Project } from '../../project/project.ts';
import { withIds } from '../../surface/describe.ts';
import { seenInTests } from '../../surface/seen-in-tests.ts';
import type { Guard, Surface, Unresolved } from '../../surface/surface.ts';
import { behindPipe } from './pipe.ts';
import { application } from './reader/application.ts';
import { type Bootstrap, callsOf, readBootstraps } from './reader/bootstrap.ts';
import { chainOf } from './reader/chain.ts';
import { configuration } from './reader/config.ts';
import { looseControllers, looseModules } from './reader/declared.ts';
import { machine } from './reader/evaluate.ts';
import { nestFacts } from './reader/facts.ts';
import { readFilters } from './reader/filters.ts';
import { globalGuards } from './reader/globals.ts';
import { inputClasses } from './reader/inputs.ts';
import { sameClass } from './reader/marks.ts';
import { type ModuleGraph, readModules } from './reader/modules.ts';
import { loadProgram, type Program, placeOf } from './reader/program.ts';
import { controllerRoutes, type Draft, type Reading } from './reader/routes.ts';
import { sideRoutes } from './reader/sides.ts';
import { readStrategies } from './reader/strategies.ts';
import type { ClassValue } from './reader/values.ts';

/** Reads every application that the project creates with `NestFactory.create`, as its sources state it. */
export async function readNestjs(project: Project): Promise<Surface> {
  const program = loadProgram(project.tree);
  const bootstraps = oncePerModule(readBootstraps(program, project.entry), project.entry);
  const found: Found = { routes: [], guards: [], errorHandlers: [], facts: [], unresolved: [] };
  const reached: ClassValue[] = [];
  for (const bootstrap of bootstraps) reached.push(...readApplication(program, bootstrap, found));
  if (bootstraps.length === 0) readWithoutBootstrap(program, found);
  else unreached(program, found, reached);
  const parsed = [...[...program.files.values()].map((file) => file.parsed), ...program.tests];
  const facts = merged(found.facts, javascriptFacts(project, parsed));
  return behindPipe(project, {
    routes: withIds(seenInTests(distinct(found.routes), facts)),
    guards: found.guards,
    errorHandlers: found.errorHandlers,
    facts,
    unresolved: found.unresolved,
    notAnalysed: program.notAnalysed,
    apps: bootstraps.map(({ place }) => ({ name: 'NestFactory.create', place })),
    read: { files: program.files.size, bytes: program.bytes },
  });
}

// Two applications, or two modules, may serve one controller; behind the same guards it is one route.
function distinct(routes: readonly Draft[]): Draft[] {
  const seen = new Set<string>();
  return routes.filter(({ kind, method, path, handler, guards }) => {
    if (kind !== 'http' && kind !== 'sse') return true;
    const before = guards.map((one) => one.name).join();
    const key = [method, path, handler.name, handler.place.file, before].join(' ');
    return !seen.has(key) && seen.add(key);
  });
}

// Both readers know `enableCors`; this one has followed its options through the project.
function merged(own: Surface['facts'], others: Surface['facts']): Surface['facts'] {
  const key = ({ kind, place }: Surface['facts'][number]) => `${kind} ${place.file}:${place.line}`;
  const seen = new Set(own.map(key));
  return [...own, ...others.filter((one) => !seen.has(key(one)))];
}

interface Found {
  routes: Draft[];
  guards: Guard[];
  errorHandlers: Surface['errorHandlers'][number][];
  facts: Surface['facts'][number][];
  unresolved: Unresolved[];
}

const serves = /^(listen|listenAsync|init|getHttpServer|getHttpAdapter)$/;

// A script that makes the same application for its documentation or its seeds adds no routes; nor does one that never listens.
function oncePerModule(bootstraps: readonly Bootstrap[], entry: string | undefined): Bootstrap[] {
  const rank = ({ calls, place: { file } }: Bootstrap) => {
    const idle = calls.some(({ name }) => name === 'listen') ? 0 : 3;
    return idle + (file === entry ? 0 : /(^|\/)main\.[cm]?[jt]s$/.test(file) ? 1 : 2);
  };
  const ordered = [...bootstraps].sort((one, other) => rank(one) - rank(other));
  const kept = ordered.filter(
    (one, index) => !ordered.slice(0, index).some((other) => sameModule(one, other)),
  );
  const serving = kept.filter(({ calls }) => calls.some(({ name }) => serves.test(name)));
  return bootstraps.filter((one) => (serving.length > 0 ? serving : kept).includes(one));
}

function sameModule({ module: one }: Bootstrap, { module: other }: Bootstrap): boolean {
  return one.kind === 'class' && other.kind === 'class' && sameClass(one, other);
}

function readApplication(program: Program, bootstrap: Bootstrap, found: Found): ClassValue[] {
  const m = machine(program, { answer: configuration(program) });
  const graph = readModules(m, [bootstrap.module], bootstrap.place);
  return readGraph(found, m, bootstrap, graph, []);
}

function readGraph(
  found: Found,
  m: ReturnType<typeof machine>,
  bootstrap: Bootstrap | undefined,
  graph: ModuleGraph,
  loose: readonly ClassValue[],
): ClassValue[] {
  const app = application(m, bootstrap, graph);
  const chain = chainOf(app, found.unresolved);
  const strategies = readStrategies(m, graph.external);
  const { unresolved } = found;
  const lost = bootstrap && !app.prefix && callsOf(bootstrap, 'setGlobalPrefix').length > 0;
  if (lost) unresolved.push({ what: 'the global prefix', place: bootstrap.place });
  const confidence = lost ? 'low' : bootstrap ? 'high' : 'medium';
  const reading: Reading = { app, chain, strategies, unresolved, confidence };
  const reached: ClassValue[] = [...loose];
  for (const one of loose) found.routes.push(...controllerRoutes(reading, one, ''));
  for (const entry of graph.modules) {
    const prefix = app.modulePrefixes.get(entry.class.node) ?? '';
    for (const controller of entry.controllers) {
      found.routes.push(...controllerRoutes(reading, controller, prefix));
      reached.push(controller);
    }
  }
  found.routes.push(...sideRoutes(reading));
  found.guards.push(...chain.everywhere, ...globalGuards(reading));
  found.errorHandlers.push(...readFilters(app));
  found.facts.push(...nestFacts(app), ...reached.flatMap((one) => inputClasses(reading, one)));
  unresolved.push(...graph.unresolved);
  return reached;
}

// Without `NestFactory.create` the modules that nobody imports are the roots.
function readWithoutBootstrap(program: Program, found: Found): void {
  const m = machine(program, { answer: configuration(program) });
  const modules = looseModules(m);
  const place = modules[0] ? { file: modules[0].file.path, line: 1 } : undefined;
  const graph = readModules(m, modules, place ?? { file: '', line: 1 });
  const owned = graph.modules.flatMap((entry) => entry.controllers);
  const loose = looseControllers(m).filter((one) => !owned.some((other) => sameClass(one, other)));
  const first = loose[0] ?? owned[0];
  if (!first) return;
  readGraph(found, m, undefined, graph, loose);
  const what = 'no NestFactory.create was found: prefixes and global guards are not known';
  found.unresolved.push({ what, place: place ?? { file: first.file.path, line: 1 } });
}

// Where a module could not be read, a controller outside of every module may be one of its own.
function unreached(program: Program, found: Found, reached: readonly ClassValue[]): void {
  if (found.unresolved.length === 0) return;
  const m = machine(program);
  for (const one of looseControllers(m)) {
    if (reached.some((other) => sameClass(one, other))) continue;
    const name = one.node.id?.name ?? 'a controller';
    const place = placeOf(one.file, one.node);
    found.unresolved.push({ what: `${name}: no module that was read lists it`, place });
  }
}
