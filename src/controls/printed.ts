import type { ControlId } from './control.ts';
import { controlIds } from './control.ts';
import type { Level } from './level.ts';
import { from } from './level.ts';
import type { Access, ControlValues, Decision, Policy } from './policy.ts';

/** One row of the printed policy: what holds for one route. Absent keys have the default. */
export interface PrintedRoute {
  method: string;
  path: string;
  access: Access;
  /** Default `general` for public routes, `api` behind authentication. */
  limit?: Decision['limit'];
  /** `raw` and `multipart` bodies are left alone by the input checks. */
  body?: 'raw' | 'multipart';
  bodyBytes?: number;
}

/**
 * The data file that every blueprint reads (`policy.ts`, `policy.py`): all that differs between
 * two projects, and nothing else. Languages print it in their own style; Python keys are snake_case.
 */
export interface PrintedPolicy {
  level: Level;
  /** `false`: not installed, because the application has it already or the owner took it out. */
  controls: Record<ControlId, boolean>;
  auth: 'jwt' | 'session' | 'apikey' | 'oauth' | 'kept';
  /** Prefix of the emitted endpoints. */
  authPrefix: string;
  /** Origins of front ends; CORS_ORIGINS adds to them at start. */
  origins: readonly string[];
  /** Proxies in front: hop count or CIDRs; TRUST_PROXY replaces it at start. */
  proxies: number | readonly string[];
  /** Methods that the route table knows, for CORS. */
  methods: readonly string[];
  /** Values of the chosen level and of those above it: SECURITY_LEVEL may raise, never lower. */
  levels: Partial<Record<Level, ControlValues>>;
  /**
   * Folders of public files (prefix, and directory relative to the project root). An unlisted GET that names
   * an existing file below one of them is public; only frameworks that mount files as middleware need it.
   */
  files: readonly { prefix: string; directory: string }[];
  /** A path that `routes` does not list: `deny` asks for a signed-in user, `kept` leaves it as it is. */
  unlisted: 'deny' | 'kept';
  /** In registration order; the first match decides, `unlisted` says what an unlisted path gets. */
  routes: readonly PrintedRoute[];
}

export const authPrefix = '/auth';

/** The policy as data for a blueprint. Pure. */
export function printedPolicy(policy: Policy): PrintedPolicy {
  const on = (id: ControlId): boolean => policy.kept[id] === undefined;
  return {
    level: policy.level,
    controls: Object.fromEntries(controlIds.map((id) => [id, on(id)])) as Record<
      ControlId,
      boolean
    >,
    auth: policy.auth,
    authPrefix,
    origins: policy.environment.origins,
    proxies: policy.environment.proxies,
    methods: methodsOf(policy.decisions),
    levels: Object.fromEntries(
      from(policy.level).flatMap((level) => {
        const values = policy.values[level];
        return values === undefined ? [] : [[level, values]];
      }),
    ),
    files: policy.files,
    unlisted: policy.unlisted,
    routes: policy.decisions.map(printRoute),
  };
}

function methodsOf(decisions: readonly Decision[]): string[] {
  const all = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
  const seen = new Set(decisions.map((decision) => decision.method));
  if (seen.has('ALL')) return all;
  return all.filter(
    (method) => seen.has(method) || (method === 'HEAD' && seen.has('GET')) || method === 'POST',
  );
}

function printRoute(decision: Decision): PrintedRoute {
  const usual = decision.access === 'public' || decision.access === 'kept' ? 'general' : 'api';
  return {
    method: decision.method,
    path: decision.path,
    access: decision.access,
    ...(decision.limit === usual ? {} : { limit: decision.limit }),
    ...(decision.body === 'raw' || decision.body === 'multipart' ? { body: decision.body } : {}),
    ...(decision.bodyBytes === undefined ? {} : { bodyBytes: decision.bodyBytes }),
  };
}
