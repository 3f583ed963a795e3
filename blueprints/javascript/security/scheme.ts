import type { Request, Response } from 'express';
import type { RedisClientType } from 'redis';
import type { Emit } from './events.js';
import { type Call, invalid, type Principal } from './messages.js';
import type { Limits } from './ratelimit.js';
import type { Settings } from './settings.js';

/** One kind of authentication; `make` of `auth` returns it. */
export interface Scheme {
  /** For `WWW-Authenticate` (RFC 9110 §15.5.2). */
  challenge: string;
  /** The caller of a request; `undefined` for a stranger. @throws Problem 401 for a bad credential */
  identify: (req: Request, call: Call) => Promise<Principal | undefined>;
  /** `POST login`, `GET me`, …: what stands under the prefix. */
  endpoints: Readonly<Record<string, Endpoint>>;
}

export interface Endpoint {
  /** Strangers may call it. */
  open?: boolean;
  /** The role that it asks for. */
  role?: string;
  answer: (visit: Visit) => Promise<void>;
}

/** One call of an endpoint. */
export interface Visit {
  req: Request;
  res: Response;
  call: Call;
  /** The parsed body; an empty object where there is none. */
  body: Readonly<Record<string, unknown>>;
  /** The part of the path that `:id` stands for. */
  id: string;
}

export interface Context {
  settings: Settings;
  emit: Emit;
  limits: Limits;
  /** Shared by every instance, when it is configured. */
  redis: RedisClientType | undefined;
}

/** A text of a body. @throws Problem 400 with its name */
export function text(body: Visit['body'], key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value === '') throw invalid('a text is needed', key);
  return value;
}
