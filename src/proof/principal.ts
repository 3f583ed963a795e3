import type { IdentityId } from '../controls/probe.ts';
import { type Answer, valuesOf } from './wire.ts';

/** How an identity of an application with its own authentication signs in: `identities` of secure.yaml. */
export interface DescribedIdentity {
  login: {
    method: string;
    path: string;
    json?: Readonly<Record<string, unknown>> | undefined;
    form?: Readonly<Record<string, string>> | undefined;
  };
  /** JSON pointer to the bearer token in the answer. */
  token?: string | undefined;
  /** Name of the session cookie that the answer sets. */
  cookie?: string | undefined;
  /** Paths that this identity alone may read. */
  owns?: readonly string[] | undefined;
}

export type Scheme =
  | { kind: 'own'; type: 'jwt' | 'session' | 'apikey'; prefix: string }
  | {
      kind: 'described';
      identities: Readonly<Partial<Record<IdentityId, DescribedIdentity | undefined>>>;
    }
  | { kind: 'none'; why: string };

/** One signed-in caller. */
export interface Principal {
  identity: IdentityId;
  id: string | undefined;
  email: string | undefined;
  password: string | undefined;
  access: string | undefined;
  refresh: string | undefined;
  /** `name=value`. */
  cookie: string | undefined;
  csrf: string | undefined;
  key: string | undefined;
  /** Requests that it has sent: limits are counted per principal. */
  used: number;
}

/** The headers that carry a principal's credential. */
export function credentials(principal: Principal): readonly (readonly [string, string])[] {
  if (principal.key !== undefined) return [['X-API-Key', principal.key]];
  if (principal.access !== undefined) return [['Authorization', `Bearer ${principal.access}`]];
  if (principal.cookie !== undefined) return [['Cookie', principal.cookie]];
  return [];
}

/** A principal that has no credential yet. */
export function nobody(identity: IdentityId): Principal {
  return {
    identity,
    id: undefined,
    email: undefined,
    password: undefined,
    access: undefined,
    refresh: undefined,
    cookie: undefined,
    csrf: undefined,
    key: undefined,
    used: 0,
  };
}

/** The session cookie that an answer sets, as `name=value`. */
export function sessionCookie(answer: Answer): string | undefined {
  const pairs = valuesOf(answer, 'set-cookie').map((line) => line.split(';')[0] ?? '');
  return pairs.find((pair) => /^[^=]*session[^=]*=./i.test(pair)) ?? pairs[0];
}
