import type { Judgement } from '../../findings/finding.ts';
import type { Fact } from '../../surface/facts.ts';
import { appFacts, appGuards, endpoints, guardsOf } from '../../surface/queries.ts';
import type { Surface } from '../../surface/surface.ts';
import type { Judged, Posture } from '../control.ts';
import { count, judge, judgeLibraries, namesOf, posture, weakest } from '../judging.ts';

type CorsFact = Extract<Fact, { kind: 'cors' }>;
const title = 'CORS';

/** Open, Restrictive, Strict or Unknown; nothing set means that browsers keep to the same origin. */
export function audit(surface: Surface): Judged {
  const facts = appFacts(surface, 'cors');
  return {
    posture: state(surface, facts),
    findings: [...facts.flatMap(judgeFact), ...judgeLibraries(surface, 'cors')],
  };
}

function state(surface: Surface, facts: readonly CorsFact[]): Posture {
  const open = facts.filter(isOpen);
  if (open.length > 0) {
    const worst = open.find(({ detail }) => detail.credentials) ?? open[0]!;
    const evidence = `${wording(worst)}${worst.detail.credentials ? ', with credentials' : ', without credentials'}`;
    return posture('cors', title, 'Open', false, evidence, open.map(placeOf), weakest(open));
  }
  if (facts.length === 0) return fromGuards(surface);
  const places = facts.map(placeOf);
  const origins = facts.flatMap(({ detail }) => detail.list ?? []);
  const exact = facts.every(({ detail }) => detail.origins === 'list');
  if (exact && origins.length > 0 && origins.every((origin) => origin.startsWith('https://'))) {
    return posture(
      'cors',
      title,
      'Strict',
      true,
      `${count(origins.length, 'exact https origin')}`,
      places,
    );
  }
  const evidence = exact ? `${count(origins.length, 'exact origin')}` : wording(facts[0]!);
  if (facts.some(({ detail }) => detail.origins === 'unknown')) return unread(facts);
  const chosen = facts.every(({ detail }) => detail.origins !== 'regex');
  return posture('cors', title, 'Restrictive', chosen, evidence, places, weakest(facts));
}

/** Origins from the environment are the owner's list: it stays, and the proof asks it with foreign ones. */
function unread(facts: readonly CorsFact[]): Posture {
  const credentials = facts.some(({ detail }) => detail.credentials) ? ', with credentials' : '';
  const evidence = `origins that could not be read${credentials}`;
  const line = posture('cors', title, 'Unknown', false, evidence, facts.map(placeOf), 'low');
  return { ...line, stays: true };
}

function fromGuards(surface: Surface): Posture {
  const guards = [
    ...appGuards(surface, 'cors'),
    ...endpoints(surface).flatMap((route) => guardsOf(route, 'cors')),
  ];
  if (guards.length === 0) {
    return posture('cors', title, 'not set', true, 'no CORS header: same origin only', []);
  }
  const evidence = `${namesOf(guards)}, its origins could not be read`;
  return posture('cors', title, 'Restrictive', false, evidence, guards.map(placeOf), 'low');
}

function judgeFact(fact: CorsFact): Judgement[] {
  const { detail, place, confidence } = fact;
  const { origins, credentials, list = [] } = detail;
  if (origins === 'any') {
    // `*` with credentials is refused by browsers for the cors package's own answer; a literal pair is
    // still what the owner meant, and one step from the reflecting form.
    return [
      credentials
        ? judge(
            'cors/any-origin-with-credentials',
            place,
            'any origin, with credentials',
            confidence,
          )
        : judge('cors/any-origin', place, 'any origin, without credentials', confidence),
    ];
  }
  if (origins === 'reflected') {
    return [
      credentials
        ? judge(
            'cors/any-origin-with-credentials',
            place,
            'the caller’s origin is sent back, with credentials',
            confidence,
          )
        : judge('cors/reflected-origin', place, 'the caller’s origin is sent back', confidence),
    ];
  }
  if (origins === 'null' || list.includes('null')) {
    return [judge('cors/null-origin', place, 'the origin null is allowed', confidence)];
  }
  if (origins === 'regex') return loosePatterns(fact);
  return plainHttp(fact);
}

function loosePatterns({ detail, place, confidence }: CorsFact): Judgement[] {
  const loose = (detail.list ?? []).find(isLoose);
  if (loose === undefined) return [];
  return [judge('cors/loose-pattern', place, `${loose} also matches names of others`, confidence)];
}

function plainHttp({ detail, place, confidence }: CorsFact): Judgement[] {
  const plain = (detail.list ?? []).find((origin) => /^http:\/\//.test(origin) && !isLocal(origin));
  if (plain === undefined || !detail.credentials) return [];
  return [
    judge('cors/plain-http-origin', place, `${plain} is allowed with credentials`, confidence),
  ];
}

/** Not anchored at the end, not anchored at the start, or with a dot that matches anything. */
export function isLoose(pattern: string): boolean {
  const body = pattern.replace(/^\/(.*)\/[a-z]*$/s, '$1');
  if (!body.endsWith('$') || body.endsWith('\\$')) return true;
  const anchored = body.startsWith('^');
  const dotted = /\\\.[\w\\.-]+\$$/.test(body);
  // /\.example\.com$/ is what the cors package documents: a sub-domain of a name that the owner has.
  if (!anchored && !(dotted && body.startsWith('\\.'))) return true;
  return /[a-z0-9]\.[a-z]{2,}/i.test(body.replace(/\\./g, ''));
}

function isLocal(origin: string): boolean {
  return /^http:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal|10\.|192\.168\.)/.test(
    origin,
  );
}

function isOpen({ detail }: CorsFact): boolean {
  return detail.origins === 'any' || detail.origins === 'reflected' || detail.origins === 'null';
}

function wording({ detail }: CorsFact): string {
  const words: Record<CorsFact['detail']['origins'], string> = {
    any: 'any origin',
    reflected: 'the caller’s own origin',
    null: 'the origin null',
    list: 'a list of origins',
    regex: 'a pattern of origins',
    function: 'a function decides on the origin',
    unknown: 'origins that could not be read',
  };
  return words[detail.origins];
}

function placeOf(item: { place: CorsFact['place'] }): CorsFact['place'] {
  return item.place;
}
