import type { Project } from '../../../project/project.ts';
import type { Fact } from '../../../surface/facts.ts';
import { isOwnCode } from '../../../surface/queries.ts';
import { lineOf, type Node, type Parsed } from '../parse.ts';
import { resolver } from '../resolve.ts';
import { answerFacts } from './answers.ts';
import { bindingsOf } from './bindings.ts';
import { testCallFacts } from './calls.ts';
import { cookieFacts } from './cookies.ts';
import { corsFacts } from './cors.ts';
import { guardingFacts } from './guarding.ts';
import { headerFacts } from './headers.ts';
import { dependencyFacts } from './manifest.ts';
import { namedSecretFacts } from './named.ts';
import { parsingFacts } from './parsing.ts';
import { passwordFacts } from './passwords.ts';
import { secretFacts } from './secrets.ts';
import { sinkFacts } from './sinks.ts';
import { socketFacts } from './sockets.ts';
import type { Say, Source, World } from './source.ts';
import { storeFacts } from './stores.ts';
import { tokenFacts } from './tokens.ts';

type Collector = (node: Node, source: Source, say: Say) => void;

const ofApplication: readonly Collector[] = [
  corsFacts,
  cookieFacts,
  secretFacts,
  namedSecretFacts,
  tokenFacts,
  passwordFacts,
  headerFacts,
  parsingFacts,
  answerFacts,
  sinkFacts,
  storeFacts,
  guardingFacts,
  socketFacts,
];

/** Everything that the sources and manifests state about security, as neutral facts. */
export function javascriptFacts(project: Project, parsed: readonly Parsed[]): Fact[] {
  return [...dependencyFacts(project), ...factsIn(project, parsed, isOwnCode)];
}

/** What files that run elsewhere say of the API: pages in a folder that the application serves. */
export function clientFacts(project: Project, parsed: readonly Parsed[]): Fact[] {
  return factsIn(project, parsed, () => false);
}

function factsIn(
  project: Project,
  parsed: readonly Parsed[],
  isOwn: (path: string) => boolean,
): Fact[] {
  const facts: Fact[] = [];
  const said = new Set<string>();
  for (const source of worldOf(project, parsed).sources.values()) {
    const own = isOwn(source.parsed.path);
    if (own && runsInBrowsers(source.parsed.text)) continue;
    const collectors = own ? ofApplication : [testCallFacts];
    const say: Say = (kind, detail, node, confidence = 'high') => {
      const { parsed: file } = ownerOf(node, source);
      const place = { file: file.path, line: lineOf(file, node.start) };
      const key = `${kind} ${place.file} ${place.line} ${JSON.stringify(detail)}`;
      // A call that is reached by two ways states one fact.
      if (said.has(key)) return;
      said.add(key);
      facts.push({ kind, detail, place, confidence } as Fact);
    };
    for (const node of source.nodes) for (const collect of collectors) collect(node, source, say);
  }
  return facts;
}

/** The file that a node stands in: options of a call may be stated elsewhere. */
function ownerOf(node: Node, source: Source): Source {
  const holds = (one: Source): boolean =>
    one.parsed.program === node || one.parentOf(node) !== undefined;
  if (holds(source)) return source;
  return [...source.world.sources.values()].find(holds) ?? source;
}

/** All files with their names, each able to look into the others. */
export function worldOf(project: Project, parsed: readonly Parsed[]): World {
  const sources = new Map<string, Source>();
  const { resolve } = resolver(project.tree);
  const world: World = { project, sources, resolve };
  for (const one of parsed)
    sources.set(one.path, { ...bindingsOf(one.program), parsed: one, world });
  return world;
}

/** A page of a front end in the same repository: what it does with tokens and addresses is the visitor's own. */
function runsInBrowsers(text: string): boolean {
  return (
    /\bfrom\s*['"](?:react|react-dom|vue|svelte|solid-js|preact|@angular\/core)(?:\/[^'"]*)?['"]/.test(
      text,
    ) && !/['"](?:express|@nestjs\/common|react-dom\/server)['"]/.test(text)
  );
}
