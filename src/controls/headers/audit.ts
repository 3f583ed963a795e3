import type { Judgement } from '../../findings/finding.ts';
import { appFacts, appGuards, endpoints, guardsOf, isGuarded } from '../../surface/queries.ts';
import type { Guard, Surface } from '../../surface/surface.ts';
import type { Judged, Posture } from '../control.ts';
import { count, judge, namesOf, posture, weakest } from '../judging.ts';
import { offFindings, unsafeScripts } from './facts.ts';

const title = 'Security headers';
/** The headers that an API cannot do without; the profile has more (`levels.ts`). */
const needed = ['x-content-type-options', 'content-security-policy', 'strict-transport-security'];

/** Missing, Partial or Complete: whether every route answers with the header profile. */
export function audit(surface: Surface): Judged {
  return { posture: state(surface), findings: [...coverage(surface), ...written(surface)] };
}

function state(surface: Surface): Posture {
  const routes = endpoints(surface);
  const covered = routes.filter((route) => isGuarded(route, 'headers'));
  const guards = [
    ...appGuards(surface, 'headers'),
    ...covered.flatMap((r) => guardsOf(r, 'headers')),
  ];
  const byHand = appFacts(surface, 'header').filter(
    ({ detail }) => detail.everywhere && needed.includes(detail.name.toLowerCase()),
  );
  const first = routes[0]?.place ?? surface.apps[0]?.place;
  if (guards.length === 0 && byHand.length === 0) {
    const evidence = 'no header middleware before the first route';
    return posture(
      'headers',
      title,
      'Missing',
      false,
      evidence,
      first === undefined ? [] : [first],
    );
  }
  const off = appFacts(surface, 'header-off').filter(
    ({ detail }) => detail.library !== 'express' && offFindings(detail).length > 0,
  );
  if (off.length > 0) {
    const evidence = `${off[0]!.detail.library} with ${off.map(({ detail }) => detail.name).join(', ')} off`;
    return posture(
      'headers',
      title,
      'Partial',
      false,
      evidence,
      off.map(({ place }) => place),
    );
  }
  const places = [...guards, ...byHand].map(({ place }) => place);
  if (guards.length === 0) {
    const names = [...new Set(byHand.map(({ detail }) => detail.name))].join(', ');
    return posture('headers', title, 'Partial', false, `set by hand: ${names}`, places);
  }
  const name = namesOf(guards);
  const missing = missingByHand(
    guards,
    byHand.map(({ detail }) => detail.name),
  );
  if (missing.length > 0) {
    const evidence = `${name} sets some by hand, not ${missing.join(', ')}`;
    return posture('headers', title, 'Partial', false, evidence, places, weakest(guards));
  }
  if (covered.length < routes.length) {
    const evidence = `${name} before ${covered.length} of ${count(routes.length, 'route')}`;
    return posture('headers', title, 'Partial', false, evidence, places, weakest(guards));
  }
  const evidence = `${name} before every route`;
  return posture('headers', title, 'Complete', true, evidence, places, weakest(guards));
}

/** What home-made guards leave out of the needed headers; a library sends its whole profile. */
function missingByHand(guards: readonly Guard[], byHand: readonly string[]): string[] {
  const lists = guards.map((guard) => guard.detail.headers);
  if (!lists.every((list) => Array.isArray(list))) return [];
  const set = new Set([...lists.flat(), ...byHand].map((name) => String(name).toLowerCase()));
  return needed.filter((name) => !set.has(name));
}

function coverage(surface: Surface): Judgement[] {
  const routes = endpoints(surface);
  if (routes.length === 0) return [];
  const bare = routes.filter((route) => !isGuarded(route, 'headers'));
  if (bare.length === 0) return [];
  const guards = [
    ...appGuards(surface, 'headers'),
    ...routes.flatMap((r) => guardsOf(r, 'headers')),
  ];
  const byHand = appFacts(surface, 'header').some(
    ({ detail }) => detail.everywhere && needed.includes(detail.name.toLowerCase()),
  );
  if (guards.length === 0 && byHand) return [];
  const place = bare[0]!.place;
  if (guards.length === 0) {
    const message = `${count(bare.length, 'route')} ${bare.length === 1 ? 'answers' : 'answer'} without security headers`;
    return [judge('headers/missing', place, message, 'high')];
  }
  if (appGuards(surface, 'headers').length === 0) return [];
  const message = `${namesOf(guards)} does not run before ${bare[0]!.id}${bare.length > 1 ? ` and ${bare.length - 1} more` : ''}`;
  return [judge('headers/late', place, message, 'medium')];
}

function written(surface: Surface): Judgement[] {
  const off = appFacts(surface, 'header-off').flatMap(({ detail, place, confidence }) =>
    offFindings(detail).map((id) =>
      judge(id, place, `${detail.library} is told not to send ${detail.name}`, confidence),
    ),
  );
  const unsafe = appFacts(surface, 'header').flatMap(({ detail, place }) =>
    detail.name.toLowerCase() === 'content-security-policy' && unsafeScripts(detail.value)
      ? [
          judge(
            'headers/csp-unsafe',
            place,
            `script sources: ${unsafeScripts(detail.value)}`,
            'high',
          ),
        ]
      : [],
  );
  const injected = appFacts(surface, 'sink').flatMap(({ detail, place, confidence }) =>
    detail.what === 'header'
      ? [judge('headers/from-request', place, `a header is set to ${detail.source}`, confidence)]
      : [],
  );
  return [...off, ...unsafe, ...injected];
}
