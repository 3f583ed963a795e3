import type { Judgement } from '../../findings/finding.ts';
import { appFacts, endpoints } from '../../surface/queries.ts';
import type { Place, Surface } from '../../surface/surface.ts';
import type { Judged, Posture } from '../control.ts';
import { judge, judgeLibraries, posture } from '../judging.ts';

const title = 'Error handling';

/** None, Leaking or Safe: what an answer says when something breaks. */
export function audit(surface: Surface): Judged {
  return {
    posture: state(surface),
    findings: [
      ...handlers(surface),
      ...answers(surface),
      ...debugging(surface),
      ...judgeLibraries(surface, 'errors'),
    ],
  };
}

function state(surface: Surface): Posture {
  const debug = appFacts(surface, 'debug');
  const leaking = surface.errorHandlers.filter(
    ({ leaks }) => leaks === 'stack' || leaks === 'message',
  );
  const stacks = appFacts(surface, 'request-to-error').filter(
    ({ detail }) => detail.what === 'stack',
  );
  const places = [...leaking, ...stacks, ...debug].map(({ place }) => place);
  if (leaking[0] !== undefined) {
    const evidence = `${leaking[0].name} answers with the error’s ${leaking[0].leaks}`;
    return posture('errors', title, 'Leaking', false, evidence, places);
  }
  if (stacks.length > 0) {
    return posture('errors', title, 'Leaking', false, 'answers hold a stack trace', places);
  }
  if (debug[0] !== undefined) {
    return posture('errors', title, 'Leaking', false, debug[0].detail.what, places);
  }
  const [first] = surface.errorHandlers;
  if (first === undefined) {
    const app = surface.apps[0]?.place;
    return posture(
      'errors',
      title,
      'None',
      false,
      'no error handler of its own',
      app === undefined ? [] : [app],
    );
  }
  const unknown = surface.errorHandlers.every(({ leaks }) => leaks === 'unknown');
  const evidence = `${first.name} answers without the cause`;
  return posture('errors', title, 'Safe', true, evidence, [first.place], unknown ? 'low' : 'high');
}

function handlers(surface: Surface): Judgement[] {
  const leaking = surface.errorHandlers.flatMap(({ name, place, leaks }) => {
    if (isSaidInside(surface, place, leaks)) return [];
    if (leaks === 'stack') {
      return [judge('errors/stack-leak', place, `${name} answers with the stack`, 'high')];
    }
    if (leaks !== 'message') return [];
    return [
      judge('errors/message-leak', place, `${name} answers with the error’s message`, 'medium'),
    ];
  });
  const [first] = endpoints(surface);
  if (surface.errorHandlers.length > 0 || first === undefined) return leaking;
  const place = surface.apps[0]?.place ?? first.place;
  return [judge('errors/no-handler', place, 'no error handler of its own', 'medium')];
}

/** A handler is rarely longer; its leaking line says more than its first. */
const handlerLines = 60;

function isSaidInside(surface: Surface, place: Place, leaks: string): boolean {
  return appFacts(surface, 'request-to-error').some(
    (fact) =>
      fact.detail.what === leaks &&
      fact.place.file === place.file &&
      fact.place.line >= place.line &&
      fact.place.line - place.line <= handlerLines,
  );
}

function answers(surface: Surface): Judgement[] {
  return appFacts(surface, 'request-to-error').map(({ detail, place, confidence }) =>
    detail.what === 'stack'
      ? judge(
          'errors/stack-leak',
          place,
          'an answer holds a stack trace or a whole error',
          confidence,
        )
      : judge('errors/message-leak', place, 'an answer holds the message of an error', confidence),
  );
}

function debugging(surface: Surface): Judgement[] {
  return appFacts(surface, 'debug').map(({ detail, place, confidence }) =>
    judge('errors/debug', place, detail.what, confidence, {
      // Werkzeug's debugger runs code for whoever reaches it.
      severity: /every interface/.test(detail.what) ? 'critical' : undefined,
    }),
  );
}
