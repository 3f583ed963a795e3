import { TextDecoder } from 'node:util';
import type { Request } from 'express';
import { invalid, Problem, single, valuesOf } from './messages.js';
import type { Route } from './policy-types.js';
import type { Settings } from './settings.js';

const malformed = 'malformed JSON';
const prototypeKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Refuses a body by its declared length, before a byte of it is read. */
export function checkLength(settings: Settings, req: Request, row: Route): void {
  if (Number(single(req, 'content-length')) > capOf(settings, row)) throw new Problem(413);
}

function capOf(settings: Settings, row: Route): number {
  return row.bodyBytes ?? settings.values.validation.bodyBytes;
}

/**
 * For bodies that the checks leave alone: counts what arrives, whoever reads it, so that one without a declared
 * length has a cap too. `over` is called once.
 */
export function watchLength(settings: Settings, req: Request, row: Route, over: () => void): void {
  const cap = capOf(settings, row);
  const push = req.push;
  let size = req.readableLength;
  req.push = function pushCounted(this: Request, chunk: Buffer | null, ...more: [BufferEncoding?]) {
    size += chunk?.length ?? 0;
    if (size <= cap) return Reflect.apply(push, this, [chunk, ...more]) as boolean;
    req.push = () => false;
    over();
    return false;
  };
}

/** Whether a request has a body at all. */
export function hasBody(req: Request): boolean {
  return valuesOf(req, 'transfer-encoding').length > 0 || Number(single(req, 'content-length')) > 0;
}

/**
 * Reads the body up to its cap and puts the bytes back, so that the application's own parser reads them anew.
 * Nothing is changed on the way.
 * @throws Problem 413 over the cap
 */
export function readBody(settings: Settings, req: Request, row: Route): Promise<Buffer> {
  const cap = capOf(settings, row);
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      req.off('readable', read);
      req.off('error', end);
      req.off('aborted', aborted);
      const body = Buffer.concat(chunks);
      if (error === undefined && body.length > 0) req.unshift(body);
      // The stream notices on the next tick that nobody listens for `readable` any more.
      setImmediate(() => (error === undefined ? resolve(body) : reject(error)));
    };
    const aborted = (): void => end(new Problem(400, { reason: 'aborted' }));
    const read = (): void => {
      // Never read to the very end: a stream that has said `end` takes nothing back.
      while (req.readableLength > 0) {
        const chunk: Buffer = req.read(req.readableLength);
        size += chunk.length;
        if (size > cap) {
          end(new Problem(413));
          return;
        }
        chunks.push(chunk);
      }
      if (req.complete) end();
    };
    if (!req.complete && req.destroyed) return aborted();
    // One that is here already must not be listened to: an empty one would end unheard by the application.
    if (!req.complete) {
      req.on('readable', read);
      req.on('error', end);
      req.on('aborted', aborted);
    }
    read();
  });
}

/** What the input checks make of a body: the parsed value of JSON, `undefined` for everything else. */
export function checkBody(settings: Settings, req: Request, body: Buffer): unknown {
  const types = valuesOf(req, 'content-type');
  const [kind = '', ...parameters] = (types[0] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (types.length > 1) throw unsupported('content type');
  // Nobody takes these for fields.
  if (/^(?:multipart|image|audio|video|font)\//.test(kind)) return undefined;
  const isJson = kind === 'application/json' || kind.endsWith('+json');
  const charset = parameters.find((part) => part.startsWith('charset='))?.replace(/"/g, '');
  if (isJson && charset !== undefined && charset !== 'charset=utf-8') throw unsupported('charset');
  if (valuesOf(req, 'content-encoding').some((each) => each.toLowerCase() !== 'identity')) {
    throw unsupported('content encoding');
  }
  // A route that wants text or XML is decided as `raw` in secure.yaml.
  if (kind === '' || kind === 'text/plain' || /[/+]xml$/.test(kind)) {
    throw unsupported('content type');
  }
  if (kind === 'application/x-www-form-urlencoded') {
    checkPairs(settings, body.toString('latin1'), 'body');
    return undefined;
  }
  if (!isJson) return checkHidden(settings, body);
  const value = parse(settings, body);
  walk(settings, value);
  return value;
}

function unsupported(reason: string): Problem {
  return new Problem(415, { event: 'validation.refused', reason });
}

/** A parser that takes every content type for JSON must not be the way around the checks of JSON. */
function checkHidden(settings: Settings, body: Buffer): unknown {
  if (!/^\s*[{[]/.test(body.toString('latin1', 0, 64))) return undefined;
  let value: unknown;
  try {
    value = parse(settings, body);
  } catch (error) {
    if (error instanceof Problem && error.message === malformed) return undefined;
    throw error;
  }
  walk(settings, value);
  return value;
}

/** JSON that is strict UTF-8 and nowhere nested deeper than the policy says. */
export function parse(settings: Settings, body: Buffer): unknown {
  checkNesting(body, settings.values.validation.depth);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return JSON.parse(text);
  } catch {
    throw invalid(malformed);
  }
}

/** Keys and texts of a parsed value, without recursion. */
export function walk(settings: Settings, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw invalid('an object or a list is needed');
  const pending: unknown[] = [value];
  let seen = 0;
  while (pending.length > 0) {
    const item = pending.pop();
    if (typeof item === 'string') checkText(item, '');
    if (typeof item !== 'object' || item === null) continue;
    const keys = Object.keys(item);
    seen += keys.length;
    if (seen > settings.values.validation.keys) throw invalid('too many keys or items');
    if (!Array.isArray(item)) for (const key of keys) checkKey(key, '');
    for (const inner of Object.values(item)) pending.push(inner);
  }
}

const [quote, backslash, open, openList, close, closeList] = [0x22, 0x5c, 0x7b, 0x5b, 0x7d, 0x5d];

/** Counts brackets outside of texts: a parser that recurses must not see a deep body at all. */
function checkNesting(body: Buffer, most: number): void {
  let [depth, inText] = [0, false];
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i];
    if (inText && byte === backslash) i += 1;
    else if (byte === quote) inText = !inText;
    else if (inText) continue;
    else if (byte === open || byte === openList) {
      depth += 1;
      if (depth > most) throw invalid('nested too deeply');
    } else if (byte === close || byte === closeList) depth -= 1;
  }
}

/** The query: operators, prototype keys and NUL are refused before any parser turns them into objects. */
export function checkQuery(settings: Settings, req: Request): void {
  const at = req.url.indexOf('?');
  if (at !== -1) checkPairs(settings, req.url.slice(at + 1), 'query');
}

function checkPairs(settings: Settings, text: string, where: string): void {
  const pairs = text.split('&');
  if (pairs.length > settings.values.validation.keys) throw invalid('too many fields', where);
  for (const [key, value] of new URLSearchParams(text)) {
    for (const part of key.split(/[[\].]/)) checkKey(part, where);
    checkText(value, where);
  }
}

function checkKey(key: string, where: string): void {
  if (prototypeKeys.has(key) || key.startsWith('$')) throw invalid('a key is not allowed', where);
  checkText(key, where);
}

/** NUL ends texts in some databases; a lone surrogate has no UTF-8 form. */
function checkText(text: string, where: string): void {
  if (text.includes('\0') || !isWellFormed(text)) {
    throw invalid('a text holds characters that are not allowed', where);
  }
}

function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}
