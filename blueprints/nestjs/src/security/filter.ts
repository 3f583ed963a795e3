import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Inject,
  InternalServerErrorException,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { refused } from './guard.js';
import { type Call, callOf, Problem, problemBody, startCall } from './messages.js';
import { SECURITY, type Security } from './security.js';

/** A refusal that filters of the application's own know as Nest's exception. */
export class Refusal extends HttpException {
  readonly problem: Problem;

  constructor(problem: Problem) {
    const { errors } = problem.options;
    super({ ...problemBody(problem.status, undefined), ...(errors && { errors }) }, problem.status);
    this.problem = problem;
  }
}

/** Error answers that tell nothing of the inside (RFC 9457, ASVS 16.5.1). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(SECURITY) private readonly security: Security) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // GraphQL and messages have error answers of their own.
    if (host.getType() !== 'http') throw this.unprinted(error, host);
    const http = host.switchToHttp();
    const [req, res] = [http.getRequest<Request>(), http.getResponse<Response>()];
    if (res.headersSent) {
      res.end();
      return;
    }
    const call = callOf(req) ?? startCall(req, req.ip ?? '', req.secure);
    const problem = error instanceof Refusal ? error.problem : error;
    const exception =
      problem instanceof Problem ? refused(this.security, call, res, problem) : error;
    const status = statusOf(exception);
    if (status >= 500) this.report(call, exception);
    res.statusCode = status;
    res.setHeader('Content-Type', 'application/problem+json');
    res.end(JSON.stringify({ ...detailsOf(exception, status), ...problemBody(status, call.id) }));
  }

  /** A GraphQL server tells its clients the message of whatever was thrown. */
  private unprinted(error: unknown, host: ArgumentsHost): unknown {
    const told = error instanceof HttpException && error.getStatus() < 500;
    const written = error instanceof Error && error.name === 'GraphQLError';
    if (host.getType<string>() !== 'graphql' || told || written) return error;
    const { req } = host.getArgByIndex<{ req?: Request } | undefined>(2) ?? {};
    this.report(req && callOf(req), error);
    return new InternalServerErrorException();
  }

  /** The log has what the answer leaves out, on one line. */
  private report(call: Call | undefined, exception: unknown): void {
    const { settings, emit } = this.security;
    const known = exception instanceof Error ? exception : undefined;
    const at = known?.stack?.split('\n').find((line) => line.trim().startsWith('at '));
    const reason = `${known?.name ?? typeof exception}: ${known?.message ?? ''} ${at?.trim() ?? ''}`;
    emit('error.unhandled', 'failure', call, { reason });
    if (settings.environment !== 'production') console.error(exception);
  }
}

function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  if (exception instanceof URIError) return 400;
  // Parsers of Express throw plain errors with a status.
  const status = Number((exception as { statusCode?: unknown } | null | undefined)?.statusCode);
  return status >= 400 && status < 500 ? status : 500;
}

/** Members that clients read today (`message`, `error`) stay beside those of RFC 9457. */
function detailsOf(exception: unknown, status: number): Record<string, unknown> {
  if (!(exception instanceof HttpException) || status >= 500) return {};
  const response = exception.getResponse();
  return typeof response === 'string' ? { message: response } : { ...response };
}
