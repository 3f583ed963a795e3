import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Application, type Request, type Response } from 'express';
import type { Parts } from '../src/security/index.js';
import { policy } from '../src/security/policy.js';
import type { Policy } from '../src/security/policy-types.js';
import { owns, principalOf, secure, secureErrors } from './load.js';

export const secret = 'b7Jq0vYx2Zr9LmT4cNf8HsKd1WgPu6Ae3QiRoXy5';

export interface Running {
  url: string;
  /** A request that is never redirected; the body is parsed where it is JSON. */
  ask: (method: string, path: string, options?: Ask) => Promise<Answered>;
  stop: () => Promise<void>;
}

export interface Ask {
  json?: unknown;
  body?: string;
  headers?: Record<string, string>;
}

export interface Answered {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  body: any;
}

/** A small application as an owner would write it, secured, listening on a port of its own. */
export async function start(
  parts: Parts = {},
  env: Record<string, string> = {},
  setUp: (app: Application) => void = routes,
): Promise<Running> {
  const before = { ...process.env };
  Object.assign(
    process.env,
    { NODE_ENV: 'production', JWT_SECRET: secret, SECURITY_DATABASE: ':memory:' },
    env,
  );
  const app = (() => {
    try {
      return application(parts, setUp);
    } finally {
      process.env = before;
    }
  })();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    ask: (method, path, options) => ask(url, method, path, options),
    stop: () => close(server),
  };
}

function application(parts: Parts, setUp: (app: Application) => void): Application {
  const app = express();
  secure(app, parts);
  setUp(app);
  secureErrors(app);
  return app;
}

function routes(app: Application): void {
  // The provider signs the raw bytes: in front of the JSON parser.
  app.post(
    '/hook',
    express.raw({ type: '*/*' }),
    (req, res) => void res.json({ bytes: req.body.length }),
  );
  app.use(express.json({ limit: '10mb' }));
  app.use(express.urlencoded({ extended: true }));
  app.get('/health', (_req, res) => void res.json({ status: 'ok' }));
  app.get('/open', (_req, res) => void res.json({ open: true }));
  app.post('/open', (req, res) => void res.status(201).json(req.body));
  app.get(
    '/items/:id',
    (req, res) => void res.json({ id: req.params.id, mine: owns(req, req.params.id) }),
  );
  app.post('/items', (req, res) => void res.status(201).json(req.body));
  app.post('/echo', (req, res) => void res.json(req.body));
  app.get('/admin', (req, res) => void res.json({ name: principalOf(req)?.name }));
  app.get('/boom', () => {
    throw new Error('the database password is hunter2');
  });
  app.get('/hidden', (_req, res) => void res.json({ hidden: true }));
  app.use((error: Error, _req: Request, res: Response, _next: () => void) => {
    res.status(500).json({ error: error.message, stack: error.stack });
  });
}

async function ask(
  url: string,
  method: string,
  path: string,
  options: Ask = {},
): Promise<Answered> {
  const { json, body = json === undefined ? undefined : JSON.stringify(json), headers } = options;
  const answer = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** The example policy with another authentication, level or control. */
export function policyWith(over: Partial<Policy>, off: readonly string[] = []): Policy {
  const controls = { ...policy.controls, ...Object.fromEntries(off.map((id) => [id, false])) };
  return { ...policy, controls, ...over };
}
