import 'reflect-metadata';
import { createRequire } from 'node:module';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Args, GraphQLModule, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { PubSub } from 'graphql-subscriptions';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { make } from '../../src/security/auth-jwt.js';
import { Public, Roles, secure } from '../../src/security/index.js';
import { SecurityModule, securityParts } from '../../src/security/module.js';
import { bearer, policyWith, post, secret, signedIn } from '../application.js';

const news = new PubSub();

@Resolver()
class Books {
  @Query(() => [String]) books() {
    return ['emma'];
  }

  @Query(() => String) @Public() motto() {
    return 'read';
  }

  @Query(() => String) @Public() broken(): string {
    throw new Error('password=hunter2');
  }

  @Mutation(() => String) add(@Args('title', { type: () => String }) title: string) {
    return title;
  }

  @Mutation(() => String) @Roles('admin') burn() {
    return 'gone';
  }

  @Subscription(() => String) added() {
    return news.asyncIterableIterator('added');
  }

  @Subscription(() => String) @Public() ticked() {
    return news.asyncIterableIterator('ticked');
  }
}

let app: NestExpressApplication;
let url = '';

beforeAll(async () => {
  vi.stubEnv('NODE_ENV', 'test');
  vi.stubEnv('JWT_SECRET', secret);
  vi.stubEnv('SECURITY_DATABASE', ':memory:');
  const routes = [
    { method: 'POST', path: '/graphql', access: 'user' as const },
    // A front end that answers every other path.
    { method: 'GET', path: '/*path', access: 'public' as const },
  ];
  class Guarded extends SecurityModule {}
  Module(securityParts({ policy: policyWith({ routes }), schemas: {}, make }))(Guarded);
  class Root {}
  const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver,
    autoSchemaFile: true,
    subscriptions: { 'graphql-ws': true },
  });
  Module({ imports: [Guarded, graphql], providers: [Books] })(Root);
  app = await NestFactory.create<NestExpressApplication>(Root, { logger: false });
  secure(app);
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

afterAll(() => app.close());

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { extensions: { code: string } }[];
}

async function ask(query: string, headers = {}): Promise<Answer> {
  return (await (await post(`${url}/graphql`, { query }, headers)).json()) as Answer;
}

test('a stranger gets the operations that are public, and no other', async () => {
  expect(await ask('{ motto }')).toEqual({ data: { motto: 'read' } });
  for (const query of ['{ books }', 'mutation { add(title: "x") }', '{ motto books }']) {
    const { data, errors } = await ask(query);
    expect(data ?? null).toBe(null);
    expect([query, errors?.[0]]).toMatchObject([
      query,
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  }
});

test('what is asked over GET is guarded alike', async () => {
  const over = async (query: string, headers = {}) => {
    const at = `${url}/graphql?query=${encodeURIComponent(query)}`;
    const answer = await fetch(at, { headers: { 'apollo-require-preflight': '1', ...headers } });
    return (await answer.json()) as Answer;
  };
  expect((await over('{ motto }')).data).toEqual({ motto: 'read' });
  expect((await over('{ books }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  const { accessToken } = await signedIn(url, 'get@example.test');
  expect((await over('{ books }', bearer(accessToken))).data).toEqual({ books: ['emma'] });
});

test('a signed-in user gets what asks for no role', async () => {
  const { accessToken } = await signedIn(url);
  const mine = bearer(accessToken);
  expect(await ask('{ books }', mine)).toEqual({ data: { books: ['emma'] } });
  expect(await ask('mutation { add(title: "x") }', mine)).toEqual({ data: { add: 'x' } });
  const refused = await ask('mutation { burn }', mine);
  expect(refused.data ?? null).toBe(null);
  expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

test('an error of a resolver tells nothing of the inside', async () => {
  const { errors } = await ask('{ broken }');
  expect(errors?.[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
  expect(JSON.stringify(errors)).not.toContain('hunter2');
});

test('a body that no input check lets through reaches no resolver', async () => {
  const answer = await post(`${url}/graphql`, '{"query":"{ motto }","__proto__":{"a":1}}');
  expect(await answer.text()).not.toContain('read');
});

test('a subscription that nobody marked as public is refused', async () => {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    retryAttempts: 0,
    webSocketImpl: createRequire(import.meta.url)('ws'),
  });
  const first = (query: string) =>
    new Promise<unknown>((resolve) => {
      client.subscribe(
        { query },
        { next: resolve, error: resolve, complete: () => resolve('complete') },
      );
    });
  expect(JSON.stringify(await first('subscription { added }'))).toContain('Unauthorized');
  const ticking = setInterval(() => news.publish('ticked', { ticked: 'now' }), 50);
  expect(await first('subscription { ticked }')).toEqual({ data: { ticked: 'now' } });
  clearInterval(ticking);
  await client.dispose();
});
