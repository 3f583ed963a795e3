import 'reflect-metadata';
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  ForbiddenException,
  Get,
  Header,
  type INestApplication,
  Module,
  Param,
  Post,
  type RawBodyRequest,
  Req,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Response as Answer, Request } from 'express';
import { make as jwt } from '../src/security/auth-jwt.js';
import { Caller, Public, Roles, secure } from '../src/security/index.js';
import type { Principal } from '../src/security/messages.js';
import { SecurityModule, securityParts } from '../src/security/module.js';
import { policy as printed } from '../src/security/policy.js';
import type { Policy } from '../src/security/policy-types.js';
import { schemas } from '../src/security/schemas.js';
import type { SecurityParts } from '../src/security/security.js';

export const secret = 'k3Jx9vQ2mN8pR5tY7wZ1aB4cD6eF0gHs';

class Conflict extends Error {}

@Controller()
class Pages {
  @Get('health') health() {
    return { status: 'ok' };
  }

  @Get('open') @Header('Content-Type', 'text/html') open() {
    return '<p>open</p>';
  }

  @Get('items/:id') item(@Param('id') id: string, @Caller() caller?: Principal) {
    return { id, by: caller?.name };
  }

  @Post('items') create(@Body() body: unknown) {
    return body;
  }

  @Get('admin') admin() {
    return { secret: 42 };
  }

  @Get('boom') boom() {
    throw new Error('password=hunter2');
  }

  @Post('hook') hook(@Req() req: RawBodyRequest<Request>) {
    return { bytes: req.rawBody?.toString() };
  }

  @Get('forgotten') forgotten() {
    return { unlisted: true };
  }

  @Get('marked') @Public() marked() {
    return { marked: true };
  }

  @Get('staff') @Roles('staff', 'admin') staff() {
    return { staff: true };
  }

  @Get('auth/profile') @Public() profile() {
    return { profile: true };
  }

  @Get('taken') @Public() taken() {
    throw new Conflict();
  }

  @Get('no') @Public() no() {
    throw new ForbiddenException('not yours');
  }
}

export interface Started {
  url: string;
  app: INestApplication;
  stop: () => Promise<void>;
}

/** A filter of the application's own. */
@Catch(Conflict)
class ConflictFilter implements ExceptionFilter {
  catch(_error: Conflict, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Answer>().status(409).json({ taken: true });
  }
}

export interface Options extends Partial<SecurityParts> {
  environment?: Readonly<Record<string, string>>;
  configure?: (app: NestExpressApplication) => void;
}

/** The root module of an application with these parts instead of the printed ones. */
export function rootModule(parts: Partial<SecurityParts> = {}): Type {
  class Guarded extends SecurityModule {}
  Module(securityParts({ policy: printed, schemas, make: jwt, ...parts }))(Guarded);
  class Root {}
  const providers = [{ provide: APP_FILTER, useClass: ConflictFilter }];
  Module({ imports: [Guarded], controllers: [Pages], providers })(Root);
  return Root;
}

/** Starts an application as its bootstrap would, in production, with a database of its own. */
export async function start({ environment, configure, ...parts }: Options = {}): Promise<Started> {
  const before = { ...process.env };
  Object.assign(process.env, {
    NODE_ENV: 'production',
    JWT_SECRET: secret,
    SECURITY_DATABASE: ':memory:',
    SECURITY_ADMIN_EMAIL: 'admin@example.test',
    SECURITY_ADMIN_PASSWORD: 'orbit lantern mosaic 7',
    ...environment,
  });
  try {
    const app = await NestFactory.create<NestExpressApplication>(rootModule(parts), {
      rawBody: true,
      logger: false,
      abortOnError: false,
    });
    secure(app);
    configure?.(app);
    await app.listen(0, '127.0.0.1');
    return { url: await app.getUrl(), app, stop: () => app.close() };
  } finally {
    process.env = before;
  }
}

/** The printed policy with other values. */
export function policyWith(change: Partial<Policy>): Policy {
  return { ...printed, ...change };
}

export function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export interface Pair {
  accessToken: string;
  refreshToken: string;
}

/** A bearer pair of a new user, or of the administrator. */
export async function signedIn(url: string, email = 'user@example.test'): Promise<Pair> {
  const account = { email, password: 'orbit lantern mosaic 7' };
  await post(`${url}/auth/register`, account);
  const answer = await post(`${url}/auth/login`, account);
  return (await answer.json()) as Pair;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
