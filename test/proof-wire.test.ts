import { describe, expect, it } from 'vitest';
import { forge, signingKey } from '../src/proof/forge.ts';
import { Client, originOf } from '../src/proof/http.ts';
import { parseAnswer } from '../src/proof/wire.ts';

const bytes = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');

describe('parseAnswer', () => {
  it('joins chunks and waits for the last one', () => {
    const head = 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n';
    const whole = `${head}3\nabc\n2\nde\n0\n\n`;
    expect(parseAnswer(bytes(`${head}3\nabc\n`), false, false)).toBeUndefined();
    expect(parseAnswer(bytes(whole), false, false)?.body.toString()).toBe('abcde');
  });

  it('keeps both lines of a header that comes twice', () => {
    const answer = parseAnswer(bytes('HTTP/1.1 204 No\nVary: a\nVary: b\n\n'), false, false);
    expect(answer?.headers).toEqual([
      ['Vary', 'a'],
      ['Vary', 'b'],
    ]);
  });

  it('skips an interim answer', () => {
    const text = 'HTTP/1.1 100 Continue\n\nHTTP/1.1 413 Large\nContent-Length: 0\n\n';
    expect(parseAnswer(bytes(text), false, false)?.status).toBe(413);
  });
});

describe('Client', () => {
  it('sends an absolute target to its own host alone', () => {
    const client = new Client(originOf('http://127.0.0.1:1/base/'));
    expect([client.authority, client.origin.base]).toEqual(['127.0.0.1:1', '/base']);
  });
});

describe('forge', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const key = Buffer.from('a secret of this run that is long enough');
  const token = forge(
    `${part({ alg: 'HS256' })}.${part({ sub: 'a', exp: 1 })}.x`,
    { sign: 'same' },
    key,
  );

  it('finds the key that signs a token, and none for another secret', () => {
    expect(signingKey(token, key.toString())?.equals(key)).toBe(true);
    expect(signingKey(token, 'another secret')).toBeUndefined();
  });

  it('takes a claim out and signs again', () => {
    const made = forge(token, { claims: { exp: undefined } }, key);
    expect(JSON.parse(Buffer.from(made.split('.')[1]!, 'base64url').toString())).toEqual({
      sub: 'a',
    });
    expect(signingKey(made, key.toString())).toBeDefined();
  });

  it('keeps the old signature over a changed claim', () => {
    const made = forge(token, { claims: { sub: 'b' }, sign: 'keep' }, key);
    expect(made.split('.')[2]).toBe(token.split('.')[2]);
    expect(signingKey(made, key.toString())).toBeUndefined();
  });
});
