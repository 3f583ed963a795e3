import { appFacts, appGuards, endpoints } from '../../surface/queries.ts';
import type { Surface } from '../../surface/surface.ts';
import type { Judged } from '../control.ts';
import { count, judge, namesOf, posture } from '../judging.ts';

const title = 'Security logging';
const loggers =
  /^(?:pino|pino-http|nestjs-pino|winston|nest-winston|express-winston|bunyan|log4js|tslog|structlog|loguru|python-json-logger|go\.uber\.org\/zap|github\.com\/rs\/zerolog|github\.com\/sirupsen\/logrus)$/;

/** None, Basic, Requests or Structured: what is known afterwards. No security event can be seen by reading alone. */
export function audit(surface: Surface): Judged {
  const guards = appGuards(surface, 'logging');
  const libraries = appFacts(surface, 'dependency').filter(({ detail }) =>
    loggers.test(detail.name.toLowerCase()),
  );
  const [library] = libraries;
  if (library !== undefined) {
    const evidence = `${library.detail.name}; sign-ins and refusals could not be seen`;
    const line = posture('logging', title, 'Structured', false, evidence, [library.place], 'low');
    return { posture: line, findings: [] };
  }
  if (guards.length > 0) {
    const places = guards.map(({ place }) => place);
    const evidence = `${namesOf(guards)} logs requests, not sign-ins and refusals`;
    return {
      posture: posture('logging', title, 'Requests', false, evidence, places),
      findings: [],
    };
  }
  const own = appFacts(surface, 'log');
  if (own[0] !== undefined) {
    const structured = own.find(({ detail }) => detail.library !== 'logging');
    const name = (structured ?? own[0]).detail.library;
    const evidence = `${name} in ${count(own.length, 'file')}; sign-ins and refusals could not be seen`;
    const places = own.map((one) => one.place);
    const state = structured === undefined ? 'Basic' : 'Structured';
    return {
      posture: posture('logging', title, state, false, evidence, places, 'low'),
      findings: [],
    };
  }
  const [first] = endpoints(surface);
  const place = surface.apps[0]?.place ?? first?.place;
  const evidence = 'no logging was found';
  const line = posture(
    'logging',
    title,
    'None',
    false,
    evidence,
    place === undefined ? [] : [place],
    'medium',
  );
  if (place === undefined || first === undefined) return { posture: line, findings: [] };
  return { posture: line, findings: [judge('logging/none', place, evidence, 'low')] };
}
