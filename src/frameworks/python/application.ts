import { type PyNode, walk } from '../../languages/python/parse.ts';
import { parsedPython } from '../../languages/python/ready.ts';
import { siteIn } from '../../languages/python/site.ts';
import type { Project } from '../../project/project.ts';
import type { Place, Surface } from '../../surface/surface.ts';

/** The names under which servers look for an application. */
export const usualName = /^(?:app|application)$/;

/** The application that the entry file makes and a server is told of, else the first of the surface. */
export function entryOf(project: Project, surface: Surface): Place | undefined {
  const places = surface.apps.map((app) => app.place);
  const own = places.filter((place) => place.file === project.entry);
  const text = project.tree.read(project.entry ?? '') ?? '';
  const named = own.find(({ line }) => usualName.test(siteIn(text, line)?.name ?? ''));
  return named ?? own[0] ?? places[0];
}

/**
 * Names of further applications of the same file that have routes, are mounted nowhere and call nothing of ours:
 * what stands in front of the first one does not stand in front of them.
 */
export function furtherApps(text: string, surface: Surface, main: Place): string[] {
  const root = parsedPython(text);
  const nameAt = (line: number): string | undefined => {
    const site = siteIn(text, line);
    return site?.factory === undefined ? site?.name : undefined;
  };
  const own = nameAt(main.line);
  const names = surface.apps
    .filter(({ place }) => place.file === main.file)
    .flatMap(({ place }) => nameAt(place.line) ?? []);
  const others = new Set(names.filter((name) => name !== own));
  return [...others].filter(
    (name) => root !== undefined && own !== undefined && serves(root, name),
  );
}

const registers =
  /^(?:get|post|put|patch|delete|head|options|route|websocket|api_route|include_router|register_blueprint|add_url_rule|add_api_route)$/;

/** Whether routes are registered on a name that is handed to nobody else: a mount, a dispatcher, `secure`. */
function serves(root: PyNode, name: string): boolean {
  let registered = false;
  for (const node of walk(root)) {
    if (node.type === 'call' && isRegistering(node.field('function'), name)) registered = true;
    if (isHandedOver(node, name)) return false;
  }
  return registered;
}

function isRegistering(callee: PyNode | undefined, name: string): boolean {
  return (
    callee?.field('object')?.text === name && registers.test(callee.field('attribute')?.text ?? '')
  );
}

/** A server gets what it serves; whoever else gets it stands in front of it. */
function isHandedOver(node: PyNode, name: string): boolean {
  if (node.type === 'pair') return node.field('value')?.text === name;
  if (node.type !== 'call' || /(?:^|\.)(?:run|serve)$/.test(node.field('function')?.text ?? ''))
    return false;
  const given = node.field('arguments')?.kids ?? [];
  return given.some((kid) => (kid.field('value') ?? kid).text === name);
}
