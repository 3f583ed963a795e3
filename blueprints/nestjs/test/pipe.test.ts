import { Body, Controller, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { secure } from '../src/security/index.js';
import { SecurityModule, securityParts } from '../src/security/module.js';
import { pipes } from '../src/security/pipes-dto.js';
import type { Policy } from '../src/security/policy-types.js';
import { policyWith, post } from './application.js';

class Owner {
  @IsString() @MaxLength(5) declare name: string;
}

class Item {
  @IsString() declare title: string;
  @IsOptional() @IsInt() declare price?: number;
  @IsOptional() @ValidateNested() @Type(() => Owner) declare owner?: Owner;
}

@Controller('items')
class Items {
  @Post() create(@Body() item: Item) {
    return { ...item, isItem: item instanceof Item };
  }

  @Post('loose/:id') loose(@Param('id') id: string, @Body() body: unknown) {
    return { id, body };
  }
}
Reflect.defineMetadata('design:paramtypes', [Item], Items.prototype, 'create');
Reflect.defineMetadata('design:paramtypes', [String, Object], Items.prototype, 'loose');

let app: NestExpressApplication;
let lines: string[] = [];

async function start(change: Partial<Policy> = {}): Promise<string> {
  vi.stubEnv('NODE_ENV', 'test');
  const policy = policyWith({ routes: [], unlisted: 'kept', ...change });
  class Guarded extends SecurityModule {}
  Module(securityParts({ policy, schemas: {}, make: undefined, pipes }))(Guarded);
  class Root {}
  Module({ imports: [Guarded], controllers: [Items] })(Root);
  app = await NestFactory.create<NestExpressApplication>(Root, { logger: false });
  secure(app);
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await app.close();
});

test('a class takes its own fields and no other', async () => {
  const url = await start();
  const fits = await post(`${url}/items`, { title: 'a', price: 3, owner: { name: 'ada' } });
  expect(await fits.json()).toEqual({
    title: 'a',
    price: 3,
    owner: { name: 'ada' },
    isItem: true,
  });
  for (const body of [
    { title: 'a', isAdmin: true },
    { title: 'a', owner: { name: 'ada', role: 'admin' } },
  ]) {
    const refused = await post(`${url}/items`, body);
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    const told = await refused.text();
    expect(told).toContain('holds a field that is not known');
    expect(told).not.toMatch(/isAdmin|role|admin/);
  }
});

test('nothing is converted that no decorator asks for', async () => {
  const url = await start();
  const text = await post(`${url}/items`, { title: 'a', price: '3' });
  expect(text.status).toBe(400);
  expect(await text.json()).toMatchObject({
    status: 400,
    errors: [{ path: 'price', message: 'price must be an integer number' }],
  });
  expect((await post(`${url}/items`, { title: 5 })).status).toBe(400);
  const loose = await post(`${url}/items/loose/7`, { any: ['thing'] });
  expect(await loose.json()).toEqual({ id: '7', body: { any: ['thing'] } });
});

test('a refusal is an event, and repeats nothing that was sent', async () => {
  const url = await start();
  const refused = await post(`${url}/items`, { title: 'a', owner: { name: 'hunter2hunter2' } });
  expect(refused.status).toBe(400);
  const told = await refused.text();
  expect(told).toContain('"path":"owner.name"');
  expect(told + lines.join('')).not.toContain('hunter2');
  expect(lines.join('')).toContain('"event":"validation.refused"');
  expect(lines.join('')).toContain(`"requestId":"${refused.headers.get('x-request-id')}"`);
});

test('without the control the class is not checked, and without our filter it is Nest that answers', async () => {
  const { controls } = policyWith({});
  const url = await start({ controls: { ...controls, validation: false } });
  expect((await post(`${url}/items`, { isAdmin: true })).status).toBe(201);
  await app.close();
  const plain = await start({ controls: { ...controls, errors: false } });
  const refused = await post(`${plain}/items`, { isAdmin: true });
  expect(refused.status).toBe(400);
  expect(lines.join('')).toContain('"event":"validation.refused"');
});
