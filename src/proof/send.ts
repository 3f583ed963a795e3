import { randomBytes } from 'node:crypto';
import type { IdentityId, Probe, RequestSpec, Step } from '../controls/probe.ts';
import { fill, fillAll, namesIn, pointer, Unavailable } from './fill.ts';
import { forge, signingKey } from './forge.ts';
import type { Sent } from './http.ts';
import type { Instance } from './instance.ts';
import { credentials, type Principal, sessionCookie } from './principal.ts';
import { type Answer, cookieOf, jsonOf, valuesOf } from './wire.ts';

/** What the steps of one probe share. */
export interface Scene {
  instance: Instance;
  principals: ReadonlyMap<IdentityId, Principal>;
  values: Record<string, string>;
}

/** Signs in everybody that the probe speaks of. @throws Unavailable */
export async function scene(probe: Probe, instance: Instance): Promise<Scene> {
  const principals = new Map<IdentityId, Principal>();
  const values: Record<string, string> = {
    unique: randomBytes(6).toString('hex'),
    host: instance.client.authority,
    origin: instance.client.url,
    secret: instance.known.jwt,
  };
  for (const [identity, count] of callersOf(probe)) {
    const found = await instance.identities.get(identity, count, probe.disposable === true);
    found.used += count;
    principals.set(identity, found);
    for (const [name, value] of Object.entries(found)) {
      if (typeof value === 'string') values[`${identity}.${name}`] = value;
    }
  }
  return { instance, principals, values };
}

/** Identities that a probe sends as or speaks of, with the number of their requests. */
export function callersOf(probe: Probe): ReadonlyMap<IdentityId, number> {
  const counts = new Map<IdentityId, number>();
  const add = (identity: IdentityId, count: number): void => {
    if (identity !== 'anonymous') counts.set(identity, (counts.get(identity) ?? 0) + count);
  };
  for (const step of probe.steps) {
    const times = step.times ?? 1;
    if (step.send.as !== undefined) add(step.send.as, times);
    for (const name of namesIn([step.send, step.expect])) {
      const identity = /^(user|other|admin)\./.exec(name)?.[1];
      if (identity !== undefined) add(identity as IdentityId, 1);
    }
  }
  return counts;
}

/** The n-th request of a step, with everything filled in. @throws Unavailable */
export function prepare(step: Step, n: number, at: Scene): Sent {
  const spec: RequestSpec = { ...step.send, ...step.vary?.(n) };
  const { values, instance } = at;
  const address = instance.addresses.of(spec.from);
  const timeout = Math.max(10_000, (step.expect?.within ?? 0) * 2);
  const base = { method: spec.method, target: fill(spec.path, values), address, timeout };
  if (spec.raw !== undefined) {
    return { ...base, headers: [], raw: Buffer.from(fill(spec.raw, values), 'latin1') };
  }
  const own = (spec.headers ?? []).map(([name, value]): readonly [string, string] => [
    name,
    fill(value, values),
  ]);
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  const headers: (readonly [string, string])[] = [
    ...attached(spec, at).filter(([name]) => !names.has(name.toLowerCase())),
    ...own,
  ];
  if (spec.json !== undefined && !names.has('content-type')) {
    headers.push(['Content-Type', 'application/json']);
  }
  const body = bodyOf(spec, at);
  return { ...base, headers, ...(body === undefined ? {} : { body }), chunked: spec.chunked };
}

function bodyOf(spec: RequestSpec, at: Scene): Buffer | undefined {
  if (spec.json !== undefined) return Buffer.from(JSON.stringify(fillAll(spec.json, at.values)));
  if (typeof spec.body === 'string') return Buffer.from(fill(spec.body, at.values));
  return spec.body === undefined ? undefined : Buffer.from(spec.body);
}

function attached(spec: RequestSpec, at: Scene): readonly (readonly [string, string])[] {
  if (spec.as === undefined || spec.as === 'anonymous') return [];
  const principal = at.principals.get(spec.as);
  if (principal === undefined) throw new Unavailable(`there is no ${spec.as}`);
  if (spec.token !== undefined) {
    const token = principal.access;
    if (token === undefined) throw new Unavailable('the credential is not a token');
    const key = signingKey(token, at.instance.known.jwt);
    return [['Authorization', `Bearer ${forge(token, spec.token, key)}`]];
  }
  const same = principal.cookie !== undefined && spec.attach !== 'credential';
  if (!same || ['GET', 'HEAD', 'OPTIONS'].includes(spec.method)) return credentials(principal);
  const page: [string, string][] = [['Sec-Fetch-Site', 'same-origin']];
  if (principal.csrf !== undefined) page.push(['X-CSRF-Token', principal.csrf]);
  return [...credentials(principal), ...page];
}

/** Keeps the parts of an answer that later steps speak of. */
export function keep(step: Step, answer: Answer, values: Record<string, string>): void {
  for (const [name, source] of Object.entries(step.save ?? {})) {
    const found = part(source, answer);
    if (found !== undefined) values[name] = found;
  }
}

function part(source: string, answer: Answer): string | undefined {
  if (source === 'status') return String(answer.status);
  if (source === 'session') return sessionCookie(answer);
  if (source.startsWith('header:')) return valuesOf(answer, source.slice(7))[0];
  if (source.startsWith('cookie:')) return cookieOf(answer, source.slice(7));
  const found = pointer(jsonOf(answer), source);
  if (typeof found === 'string' || typeof found === 'number') return String(found);
  return undefined;
}
