import type { Machine } from '../../../languages/javascript/run/machine.ts';
import type { ErrorHandler } from '../../../surface/surface.ts';
import { placeOf } from './describe.ts';
import type { GuardReader } from './guards.ts';
import { innerHandler } from './inner.ts';
import type { Handler } from './routing.ts';
import { usesOf } from './uses.ts';

type Leak = ErrorHandler['leaks'];

/** An error handler, and whether what it sends tells too much. */
export function errorHandler(
  machine: Machine,
  guardOf: GuardReader,
  handler: Handler,
): ErrorHandler {
  const fn = innerHandler(machine, handler.value);
  const { detail } = guardOf(handler).guard;
  const own = typeof detail.leaks === 'string' ? (detail.leaks as Leak) : 'unknown';
  const text = fn ? usesOf(machine, fn).texts.join('\n') : '';
  const [first] = fn?.node.params ?? [];
  const followed = fn ? leakIn(text, first?.type === 'Identifier' ? first.name : 'err') : 'unknown';
  return {
    name: fn?.name ?? handler.text ?? 'error handler',
    place: fn ? placeOf(fn) : handler.place,
    leaks: fn ? together(own, followed, text) : own,
  };
}

/** The worse of both; what only a development mode sends is no stack, and what sends nothing leaks nothing. */
function together(own: Leak, followed: Leak, text: string): Leak {
  if (!new RegExp(sending.source).test(text)) return 'none';
  const isSwitched = /NODE_ENV|\bdev|\benv\b|environment|isProd|production/i.test(text);
  if (own === 'unknown') return followed;
  if (isSwitched) return own === 'stack' ? 'message' : own;
  return own === 'stack' || followed === 'none' ? own : followed;
}

const sending = /\.(?:json|jsonp|send|end|render|write)\((?:[^;]|\n)*?(?:;|\n\s*\}|$)/g;

/** What the calls that answer hold, with the objects that they name. */
function leakIn(text: string, error: string): Leak {
  const sent = [...text.matchAll(sending)].map((match) => match[0]).join('\n');
  const objects = [...sent.matchAll(/\(\s*([A-Za-z_$][\w$]*)\s*\)/g)].map(([, name]) => {
    const made = new RegExp(`\\b${name}\\s*=\\s*\\{[^;]*`).exec(text);
    return made?.[0] ?? '';
  });
  const all = [sent, ...objects].join('\n');
  if (/\bstack\b/.test(all)) return 'stack';
  const whole = new RegExp(
    `\\b${error}\\.message\\b|\\bmessage\\b|\\(\\s*${error}\\s*\\)|:\\s*${error}\\b(?!\\.)|[{,]\\s*${error}\\s*[,}]`,
  );
  return whole.test(all) ? 'message' : 'none';
}
