import type { Guard, Route } from '../surface/surface.ts';
import { owaspChecklist } from './owasp.ts';
import { type Report, sourceOf } from './report.ts';

/**
 * The report for machines. `version` changes when a member is renamed, moved or gets another meaning; members may
 * be added without. Places are `source: "file:line"`, relative to the project root.
 *
 * `tool` `at` `target` `project` `level` `auth` `milliseconds` · `surface` {`routes`[] {`id` `method` `path`
 * `template` `source` `handler` `guards`[] {`name` `kinds` `scope` `source` …} `params`[] `access` `class` …}
 * `guards`[] `errorHandlers`[] `unresolved`[] `notAnalysed`[] `apps`[] `read`} · `postures`[] · `findings`[] ·
 * `decisions`[] · `owasp`[] · and, where the stage was run, `plan` {`changes`[] …}, `proof` {`counts` `verdicts`[]
 * `matrix`[] `mutations`[] `live`}, `tests`, `scanners`[], `reviews`[].
 */
export function jsonReport(report: Report): string {
  return `${JSON.stringify(jsonValue(report), null, 2)}\n`;
}

export function jsonValue(report: Report) {
  const { surface, postures, findings, decisions, plan, proof, tests, scanners, reviews } = report;
  const decided = new Map(decisions.map((decision) => [decision.route, decision]));
  return {
    version: 1,
    tool: report.tool,
    at: report.at,
    target: report.target,
    project: report.project,
    level: report.level,
    auth: report.auth,
    milliseconds: Math.round(report.milliseconds),
    surface: {
      routes: surface.routes.map((route) => ({
        ...jsonRoute(route),
        access: decided.get(route.id)?.access,
        class: decided.get(route.id)?.class,
      })),
      guards: surface.guards.map(jsonGuard),
      errorHandlers: surface.errorHandlers.map(({ place, ...rest }) => ({
        ...rest,
        source: sourceOf(place),
      })),
      unresolved: surface.unresolved.map(({ what, place }) => ({ what, source: sourceOf(place) })),
      notAnalysed: surface.notAnalysed,
      apps: surface.apps.map(({ name, place }) => ({ name, source: sourceOf(place) })),
      read: surface.read,
    },
    postures: postures.map(({ places, ...rest }) => ({ ...rest, sources: places.map(sourceOf) })),
    findings: findings.map(({ place, ...rest }) => ({ ...rest, source: sourceOf(place) })),
    known: report.known,
    decisions,
    plan,
    proof,
    tests,
    scanners,
    reviews,
    owasp: owaspChecklist(report),
  };
}

function jsonRoute({ place, handler, guards, params, ...rest }: Route) {
  return {
    ...rest,
    source: sourceOf(place),
    handler: { name: handler.name, source: sourceOf(handler.place) },
    guards: guards.map(jsonGuard),
    params: params.map(({ place: at, ...param }) => ({ ...param, source: sourceOf(at) })),
  };
}

function jsonGuard({ place, ...rest }: Guard) {
  return { ...rest, source: sourceOf(place) };
}
