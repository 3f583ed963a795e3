import type { FindingId } from '../../findings/catalogue.ts';
import type { Judgement } from '../../findings/finding.ts';
import type { FactDetails } from '../../surface/facts.ts';
import {
  appFacts,
  endpoints,
  guardsOf,
  hasTrait,
  isGuarded,
  readsBody,
} from '../../surface/queries.ts';
import type { Place, Surface } from '../../surface/surface.ts';
import type { Judged, Posture } from '../control.ts';
import { count, judge, judgeLibraries, namesOf, posture, weakest } from '../judging.ts';

const title = 'Input validation';
const megabyte = 1_048_576;

/** None, Partial or Complete: how many routes that read a body have a schema before the handler. */
export function audit(surface: Surface): Judged {
  return {
    posture: state(surface),
    findings: [
      ...bodies(surface),
      ...parsers(surface),
      ...sinks(surface),
      ...judgeLibraries(surface, 'validation'),
    ],
  };
}

function state(surface: Surface): Posture {
  const reading = endpoints(surface).filter(readsBody);
  const checked = reading.filter((route) => isGuarded(route, 'validation'));
  const guards = checked.flatMap((route) => guardsOf(route, 'validation'));
  const bare = reading.filter((route) => !isGuarded(route, 'validation'));
  const total = count(reading.length, 'route');
  if (reading.length === 0) {
    return posture('validation', title, 'Complete', true, 'no route reads a body', []);
  }
  if (checked.length === 0) {
    const evidence = `none of ${total} that ${reading.length === 1 ? 'reads' : 'read'} a body has a schema`;
    return posture(
      'validation',
      title,
      'None',
      false,
      evidence,
      bare.map(({ place }) => place),
      weakest(bare),
    );
  }
  if (bare.length === 0) {
    const evidence = `${namesOf(guards)} before all ${total} that read a body`;
    return posture(
      'validation',
      title,
      'Complete',
      true,
      evidence,
      guards.map(({ place }) => place),
      weakest(guards),
    );
  }
  const evidence = `${checked.length} of ${total} that read a body have a schema`;
  return posture(
    'validation',
    title,
    'Partial',
    false,
    evidence,
    bare.map(({ place }) => place),
    weakest(guards),
  );
}

function bodies(surface: Surface): Judgement[] {
  return endpoints(surface)
    .filter((route) => readsBody(route) && !isGuarded(route, 'validation'))
    .filter((route) => !hasTrait(route, 'webhook', 'raw-body', 'upload'))
    .map((route) => {
      const fields = route.params.filter((param) => param.in === 'body').map(({ name }) => name);
      const named = fields.length === 0 ? 'a body' : fields.slice(0, 4).join(', ');
      const message = `${route.id} uses ${named} without a schema`;
      // A handler may check by hand; only a reader that followed it to the end would know.
      return judge('validation/body-unchecked', route.place, message, 'low', { route: route.id });
    });
}

function parsers(surface: Surface): Judgement[] {
  return appFacts(surface, 'body-parser').flatMap(({ detail, place, confidence }) => {
    const { parser, limitBytes } = detail;
    if (parser === 'multipart' && limitBytes === undefined) {
      return [judge('validation/body-unbounded', place, 'uploads have no size limit', confidence)];
    }
    if (limitBytes === undefined || limitBytes <= 10 * megabyte) return [];
    const size = Number.isFinite(limitBytes)
      ? `${Math.round(limitBytes / megabyte)} MB`
      : 'any size';
    return [
      judge(
        'validation/body-unbounded',
        place,
        `${parser} bodies of ${size} are taken`,
        confidence,
      ),
    ];
  });
}

type Sink = FactDetails['sink']['what'];
/** `header` is judged by the headers control. */
const sinkFindings: Readonly<Record<Exclude<Sink, 'header'>, readonly [FindingId, string]>> = {
  sql: ['validation/sql', 'in an SQL text'],
  nosql: ['validation/nosql', 'as a database filter'],
  html: ['validation/html', 'in an HTML answer'],
  redirect: ['validation/redirect', 'as the target of a redirect'],
  path: ['validation/path', 'as a file path'],
  command: ['validation/command', 'in a shell command'],
  eval: ['validation/eval', 'as code'],
  outbound: ['validation/outbound', 'as the address of an outgoing request'],
  template: ['validation/template', 'as the source of a view'],
  deserialise: ['validation/deserialise', 'unpacked into objects'],
  regex: ['validation/regex', 'as a regular expression'],
  'mass-assignment': ['validation/mass-assignment', 'into a record as it came'],
  prototype: ['validation/prototype-pollution', 'as the key that is written'],
};

function sinks(surface: Surface): Judgement[] {
  return appFacts(surface, 'sink').flatMap(({ detail, place, confidence }) => {
    if (detail.what === 'header') return [];
    if (confidence === 'low' && isCheckedBefore(surface, detail.what, place)) return [];
    const [id, where] = sinkFindings[detail.what];
    return [judge(id, place, `${detail.source} ${where}`, confidence)];
  });
}

/** A doubtful use of a body in handlers that all have a schema in front: the schema has decided. */
function isCheckedBefore(surface: Surface, what: Sink, place: Place): boolean {
  if (what !== 'nosql' && what !== 'mass-assignment') return false;
  const here = endpoints(surface).filter(
    (route) => route.handler.place.file === place.file && readsBody(route),
  );
  return here.length > 0 && here.every((route) => isGuarded(route, 'validation'));
}
