import type { ControlId, Posture } from '../controls/control.ts';
import type { Level } from '../controls/level.ts';
import { from } from '../controls/level.ts';
import type {
  Access,
  AuthType,
  BodyShape,
  ControlValues,
  Decision,
  Policy,
} from '../controls/policy.ts';
import type { Project } from '../project/project.ts';
import { factsOf } from '../surface/facts.ts';
import { endpoints, readsBody } from '../surface/queries.ts';
import type { Route, Surface } from '../surface/surface.ts';
import { keptAuth } from './adopt.ts';
import { classify } from './classify.ts';
import { needsInline } from './pages.ts';
import type { DecisionsFile } from './schema.ts';
import { valuesAt } from './values.ts';

export interface DecideInput {
  project: Project;
  surface: Surface;
  postures: readonly Posture[];
  level: Level;
  /** Asked for on the command line; without it the owner's file decides, then `jwt`. */
  auth: AuthType | undefined;
  /** The owner's decisions; they win over everything that is derived. */
  file: DecisionsFile | undefined;
  /** Routes that the target selects; the others keep what they have. */
  selected: (route: Route) => boolean;
}

/** What shall hold: level values, the owner's file, and a decision for every route. Pure. */
export function decide(input: DecideInput): Policy {
  const { surface, file, level } = input;
  const own = keptAuth(surface);
  const auth = own === undefined ? (input.auth ?? file?.auth ?? 'jwt') : (file?.auth ?? 'kept');
  const decisions = surface.routes
    .filter((route) => listed(route, input.project))
    .map((route) => decideRoute(route, input, auth));
  return {
    level,
    auth,
    values: Object.fromEntries(from(level).map((each) => [each, valuesFor(each, input, auth)])),
    kept: keptControls(input, auth, own),
    environment: file?.environment ?? environmentOf(surface),
    files: publicFiles(surface),
    unlisted: file?.unlisted ?? (surface.unresolved.length > 0 ? 'kept' : 'deny'),
    decisions,
  };
}

/** What the application says of its front ends and proxies already; `true` for every proxy is no answer. */
function environmentOf(surface: Surface): Policy['environment'] {
  const lists = factsOf(surface.facts, 'cors').flatMap(({ detail }) =>
    detail.origins === 'list' ? (detail.list ?? []) : [],
  );
  const origins = lists.filter((one) => URL.canParse(one) && new URL(one).origin === one);
  const [trusted] = factsOf(surface.facts, 'trust-proxy').map(({ detail }) => detail.value.trim());
  const hops = trusted !== undefined && /^\d$/.test(trusted) ? Number(trusted) : 0;
  return { origins: [...new Set(origins)], proxies: hops };
}

function publicFiles(surface: Surface): Policy['files'] {
  return factsOf(surface.facts, 'static').flatMap(({ detail }) =>
    detail.directory === undefined ? [] : [{ prefix: detail.prefix, directory: detail.directory }],
  );
}

/** A websocket or a GraphQL resolver has no row of its own: its HTTP endpoint has. Files have `policy.files`. */
function listed(route: Route, { framework }: Project): boolean {
  // It answers nothing: the route behind it is decided.
  if (route.traits.includes('passes-on')) return false;
  // Pages that a framework makes by itself: a browser has no credential to send with them.
  if (route.traits.includes('docs')) return true;
  if (route.kind === 'graphql') return route.path.startsWith('/');
  // A page that stands for every path that nothing else answers.
  if (route.kind === 'static') return route.response === 'html';
  // express-ws sends an upgrade through the middleware, as a GET of its own; FastAPI's guard sees the scope.
  if (route.kind === 'websocket') return framework === 'express' || framework === 'fastapi';
  return route.kind === 'http' || route.kind === 'sse';
}

function decideRoute(route: Route, input: DecideInput, auth: Policy['auth']): Decision {
  const derived = classify(route);
  const chosen = input.file?.routes?.[route.id];
  const kept = auth === 'kept' || !input.selected(route);
  const access: Access = kept ? 'kept' : derived.access === 'kept' ? 'user' : derived.access;
  const source = chosen !== undefined && chosen.access !== access ? 'user' : 'derived';
  const decided = (chosen?.access as Access | undefined) ?? access;
  const bodyBytes =
    chosen?.bodyBytes ?? (route.traits.includes('upload') ? 10 * 1024 * 1024 : undefined);
  return {
    route: route.id,
    method: route.method,
    path: route.path,
    class: derived.class,
    access: decided,
    limit: chosen?.limit ?? derived.limit,
    csrf: chosen?.csrf ?? derived.class !== 'webhook',
    body: chosen?.body ?? bodyOf(route),
    ...(bodyBytes === undefined ? {} : { bodyBytes }),
    ...shapeOf(route),
    reason: source === 'user' ? 'decided in secure.yaml' : derived.reason,
    confidence: derived.confidence,
    needsAnswer: chosen === undefined && derived.needsAnswer && !kept,
    source,
  };
}

function bodyOf(route: Route): Decision['body'] {
  if (route.traits.includes('webhook') || route.traits.includes('raw-body')) return 'raw';
  if (route.traits.includes('upload')) return 'multipart';
  if (route.body === 'unknown' || route.body === 'text') return 'any';
  return route.body;
}

/** A schema is written where the handler's keys were seen and no validation of the application's own stands before it. */
function shapeOf(route: Route): { schema?: BodyShape } {
  if (route.guards.some((guard) => guard.kinds.includes('validation') && guard.scope !== 'app'))
    return {};
  const fields = route.params.filter((param) => param.in === 'body');
  if (fields.length === 0) return {};
  return {
    schema: {
      fields: fields.map(({ name, type, optional, enum: values, confidence }) => ({
        name,
        type,
        optional,
        ...(values === undefined ? {} : { enum: values }),
        confidence,
      })),
      closed: route.confidence === 'high' && fields.every((field) => field.confidence === 'high'),
    },
  };
}

function valuesFor(level: Level, input: DecideInput, auth: Policy['auth']): ControlValues {
  const base = valuesAt(level);
  return {
    ...base,
    headers: !needsInline(input.project, input.surface.facts)
      ? base.headers
      : {
          ...base.headers,
          htmlCsp: valuesAt('basic').headers.htmlCsp,
          htmlCspReportOnly: base.headers.htmlCsp,
        },
    ratelimit: { ...base.ratelimit, ...ownLimits(input.file) },
    csrf: { ...base.csrf, token: base.csrf.token && auth === 'session' },
  };
}

/**
 * Numbers that the owner set: those that differ from what the file's own level prints there.
 * The others follow the level, so that a change of level changes them.
 */
function ownLimits(file: DecisionsFile | undefined): Partial<ControlValues['ratelimit']> {
  const printed = valuesAt(file?.level ?? 'standard').ratelimit;
  const own: Partial<ControlValues['ratelimit']> = {};
  for (const name of ['general', 'auth', 'api', 'account'] as const) {
    const set = file?.limits?.[name];
    if (set === undefined) continue;
    const same =
      set.limit === printed[name].limit && set.windowSeconds === printed[name].windowSeconds;
    if (!same) own[name] = set;
  }
  return own;
}

/** Controls whose state is good already, and those that the owner's file takes out. */
function keptControls(
  input: DecideInput,
  auth: Policy['auth'],
  own: string | undefined,
): Policy['kept'] {
  const kept: Partial<Record<ControlId, string>> = {};
  // Schemas check fields; no framework bounds a body, its nesting or its keys by itself.
  const never = ['auth', 'authz', 'csrf', 'errors', 'logging'];
  const bodies = endpoints(input.surface).some(readsBody);
  if (bodies || input.project.language === 'python') never.push('validation');
  for (const posture of input.postures) {
    const installable = !never.includes(posture.control);
    if ((posture.good || posture.stays === true) && installable)
      kept[posture.control] = posture.evidence;
  }
  if (auth === 'kept') {
    kept.auth = own ?? 'decided in secure.yaml';
    kept.authz = 'follows the application’s own authentication';
  }
  if ((auth === 'jwt' || auth === 'apikey') && !cookieCredential(input.surface)) {
    kept.csrf = 'not needed: no cookie carries a credential';
  }
  for (const [id, state] of Object.entries(input.file?.controls ?? {})) {
    if (state === 'on') delete kept[id as ControlId];
    else kept[id as ControlId] = `${state} in secure.yaml`;
  }
  return kept;
}

function cookieCredential(surface: Surface): boolean {
  return surface.routes.some((route) => route.credentials.includes('cookie'));
}
