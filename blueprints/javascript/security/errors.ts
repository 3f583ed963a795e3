import type { NextFunction, Request, Response } from 'express';
import type { Emit } from './events.js';
import { callOf, Problem, sendProblem } from './messages.js';
import type { Settings } from './settings.js';

const stack = /\n\s+at .+:\d+|\\n\s+at .+:\d+/;

/**
 * The last line of defence: an answer that tells of an unexpected error keeps its status and loses its text,
 * whoever wrote it. Development shows everything.
 */
export function hideErrors(settings: Settings, emit: Emit, req: Request, res: Response): void {
  if (settings.environment === 'development') return;
  const end = res.end;
  const write = res.write;
  let hidden = false;
  const hide = (chunk: unknown): boolean => {
    if (hidden) return true;
    if (res.headersSent || res.statusCode < 400 || isProblem(res)) return false;
    const text = typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk.toString() : '';
    const page = String(res.getHeader('content-type') ?? '').startsWith('text/html');
    // A page of the application's own stays, unless it shows a stack.
    if ((res.statusCode !== 500 || page) && !stack.test(text)) return false;
    hidden = true;
    emit('error.unhandled', 'failure', callOf(req), { reason: `answered ${res.statusCode}` });
    for (const name of ['Content-Length', 'Content-Encoding', 'ETag']) res.removeHeader(name);
    res.write = write;
    res.end = end;
    sendProblem(req, res, new Problem(res.statusCode));
    res.write = (() => true) as Response['write'];
    res.end = (() => res) as Response['end'];
    return true;
  };
  res.write = function writeSafely(...args: unknown[]) {
    return hide(args[0]) ? true : (Reflect.apply(write, res, args) as boolean);
  } as Response['write'];
  res.end = function endSafely(...args: unknown[]) {
    return hide(args[0]) ? res : (Reflect.apply(end, res, args) as Response);
  } as Response['end'];
}

function isProblem(res: Response): boolean {
  return String(res.getHeader('content-type') ?? '').startsWith('application/problem+json');
}

/** Behind every route: what none of them answered. Express itself tells which methods a path has. */
export function notFound(req: Request, res: Response, next: NextFunction): void {
  if (req.method === 'OPTIONS') next();
  else sendProblem(req, res, new Problem(404));
}

/** Behind every route: errors answer with a status and an id; the log has the rest (ASVS 16.5.1). */
export function onError(settings: Settings, emit: Emit) {
  return function answerError(
    error: unknown,
    req: Request,
    res: Response,
    next: NextFunction,
  ): void {
    if (res.headersSent) {
      next(error);
      return;
    }
    if (error instanceof Problem) {
      refuse(emit, req, res, error);
      return;
    }
    const status = statusOf(error);
    if (status >= 500) {
      emit('error.unhandled', 'failure', callOf(req), { reason: reasonOf(error) });
      if (settings.environment !== 'production') console.error(error);
    }
    sendProblem(req, res, new Problem(status));
  };
}

/** A refusal of ours: its event, then its answer. */
export function refuse(emit: Emit, req: Request, res: Response, problem: Problem): void {
  const { event, reason } = problem.options;
  if (event !== undefined) {
    emit(event, 'failure', callOf(req), reason === undefined ? {} : { reason });
  }
  if (res.headersSent) {
    res.end();
    return;
  }
  // What is left of a body that nobody reads would be taken for the next request.
  if (!req.complete) res.setHeader('Connection', 'close');
  sendProblem(req, res, problem);
}

/** Body parsers and `http-errors` say 4xx themselves. */
function statusOf(error: unknown): number {
  const { status, statusCode } = (error ?? {}) as { status?: unknown; statusCode?: unknown };
  const given = Number(status ?? statusCode);
  return Number.isInteger(given) && given >= 400 && given < 600 ? given : 500;
}

/** Name, message and where it was thrown, on one line. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'a value was thrown that is no error';
  const at = error.stack?.split('\n').find((line) => line.trim().startsWith('at '));
  return `${error.name}: ${error.message} ${at?.trim() ?? ''}`;
}
