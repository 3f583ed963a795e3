import { Test } from '@nestjs/testing';
import { expect, test } from 'vitest';
import { rootModule, start } from './application.js';

test('a testing module needs no secret, no file and no call of secure', async () => {
  const before = { ...process.env };
  process.env.NODE_ENV = 'test';
  for (const name of ['JWT_SECRET', 'SECURITY_DATABASE']) delete process.env[name];
  const fixture = await Test.createTestingModule({ imports: [rootModule()] }).compile();
  process.env = before;
  const app = fixture.createNestApplication();
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  for (let n = 0; n < 150; n += 1) expect((await fetch(`${url}/health`)).status).toBe(200);
  const refused = await fetch(`${url}/items/1`);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ title: 'Unauthorized', status: 401 });
  await app.close();
});

test('this run is on the Nest major of its name', async () => {
  const error = await start({ environment: { JWT_SECRET: 'short' } }).catch((cause) => cause);
  expect(error.stack).toContain(`${process.env.NEST}/node_modules/@nestjs/core/`);
});
