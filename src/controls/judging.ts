import { isAffected } from '../findings/affected.ts';
import type { FindingId } from '../findings/catalogue.ts';
import { components } from '../findings/components.ts';
import type { Judgement } from '../findings/finding.ts';
import { appFacts } from '../surface/queries.ts';
import type { Confidence, Guard, Place, Surface } from '../surface/surface.ts';
import type { ControlId, Posture } from './control.ts';

/** A judgement whose id the compiler looks up in the catalogue. */
export function judge(
  id: FindingId,
  place: Place,
  message: string,
  confidence: Confidence,
  more: Pick<Judgement, 'route' | 'severity'> = {},
): Judgement {
  return { id, place, message, confidence, ...more };
}

/** Declared libraries of one control that are vulnerable or given up. */
export function judgeLibraries(surface: Surface, control: ControlId): Judgement[] {
  return appFacts(surface, 'dependency').flatMap(({ detail, place }) => {
    const name = detail.ecosystem === 'pypi' ? normalised(detail.name) : detail.name;
    const known = Object.hasOwn(components, name) ? components[name]! : [];
    const hit = known.find(
      (component) =>
        component.ecosystem === detail.ecosystem &&
        component.control === control &&
        isAffected(detail, component),
    );
    if (hit === undefined) return [];
    const version = detail.exact ?? detail.version;
    const kind = hit.below === undefined ? 'abandoned' : 'vulnerable';
    const id = `${control}/${kind}-library` as FindingId;
    const message = `${detail.name} ${version}: ${hit.why}; use ${hit.use}`.replace('  ', ' ');
    const confidence = detail.exact === undefined && hit.below !== undefined ? 'medium' : 'high';
    return [judge(id, place, message, confidence, { severity: hit.severity })];
  });
}

/** PEP 503. */
function normalised(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** A posture line; confidence is that of its weakest evidence. */
export function posture(
  control: ControlId,
  title: string,
  state: string,
  good: boolean,
  evidence: string,
  places: readonly Place[],
  confidence: Confidence = 'high',
): Posture {
  return { control, title, state, good, evidence, places: distinctPlaces(places), confidence };
}

/** Lowest confidence of several. */
export function weakest(items: readonly { confidence: Confidence }[]): Confidence {
  if (items.some((item) => item.confidence === 'low')) return 'low';
  return items.some((item) => item.confidence === 'medium') ? 'medium' : 'high';
}

/** `1 route`, `2 routes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Names of guards as the source writes them, without their arguments, each once. */
export function namesOf(guards: readonly Guard[]): string {
  return [...new Set(guards.map((guard) => guard.library ?? guard.name.replace(/\(.*$/s, '')))]
    .slice(0, 3)
    .join(', ');
}

function distinctPlaces(places: readonly Place[]): Place[] {
  const seen = new Set<string>();
  return places.filter(({ file, line }) => {
    const key = `${file}:${line}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
