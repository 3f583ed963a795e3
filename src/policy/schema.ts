import { z } from 'zod';
import { controlIds } from '../controls/control.ts';
import { levels } from '../controls/level.ts';
import { authTypes } from '../controls/policy.ts';

const limit = z.strictObject({
  limit: z.int().min(1),
  windowSeconds: z.int().min(1).max(86_400),
});

const origin = z.string().refine((value) => {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  return parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.origin === value;
}, 'an exact origin such as https://app.example.com: scheme and host, no path, no trailing slash');

const routeDecision = z.strictObject({
  access: z
    .string()
    .regex(/^(public|user|kept|role:[a-z][a-z0-9_-]*)$/, 'public, user, kept or role:<name>'),
  limit: z.union([z.enum(['general', 'auth', 'api', 'exempt']), limit]).optional(),
  body: z.enum(['none', 'json', 'form', 'multipart', 'raw', 'any']).optional(),
  bodyBytes: z.int().min(1).optional(),
  csrf: z.boolean().optional(),
});

const identity = z.strictObject({
  login: z.strictObject({
    method: z.string().default('POST'),
    path: z.string().startsWith('/'),
    json: z.record(z.string(), z.unknown()).optional(),
    form: z.record(z.string(), z.string()).optional(),
  }),
  token: z.string().optional(),
  cookie: z.string().optional(),
  owns: z.array(z.string().startsWith('/')).optional(),
});

/** What `secure.yaml` may hold. */
export const decisionsFile = z.strictObject({
  version: z.literal(1),
  level: z.enum(levels).optional(),
  auth: z.enum([...authTypes, 'kept']).optional(),
  environment: z
    .strictObject({
      origins: z.array(origin).default([]),
      proxies: z
        .union([
          z.int().min(0).max(10),
          z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])),
        ])
        .default(0),
    })
    .optional(),
  unlisted: z.enum(['deny', 'kept']).optional(),
  controls: z.partialRecord(z.enum(controlIds), z.enum(['on', 'off', 'kept'])).optional(),
  limits: z
    .strictObject({ general: limit, auth: limit, api: limit, account: limit })
    .partial()
    .optional(),
  routes: z
    .record(z.string().regex(/^[A-Z]+ \S/, 'a method and a path: GET /users'), routeDecision)
    .optional(),
  identities: z
    .strictObject({ user: identity, other: identity, admin: identity })
    .partial()
    .optional(),
});

export type DecisionsFile = z.infer<typeof decisionsFile>;
