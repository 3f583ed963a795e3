import type { Response } from 'express';

/**
 * Runs `work` once, at the last moment before the headers of an answer leave: when its content type is known
 * and everything else has had its say. `given` are the names that `writeHead` itself was called with.
 */
export function beforeHeaders(
  res: Response,
  work: (given: ReadonlySet<string>, contentType: string) => void,
): void {
  const writeHead = res.writeHead;
  res.writeHead = function writeHeadChecked(this: Response, ...args: unknown[]) {
    const own = args.find((each) => typeof each === 'object' && each !== null);
    if (!res.headersSent) work(namesIn(own), contentTypeOf(res, own));
    return Reflect.apply(writeHead, this, args) as Response;
  } as Response['writeHead'];
}

function namesIn(headers: unknown): Set<string> {
  const names = Array.isArray(headers)
    ? headers.filter((_, i) => i % 2 === 0)
    : Object.keys((headers as object | undefined) ?? {});
  return new Set(names.map((name) => String(name).toLowerCase()));
}

function contentTypeOf(res: Response, own: unknown): string {
  const given = Object.entries((own as object | undefined) ?? {}).find(
    ([name]) => name.toLowerCase() === 'content-type',
  );
  return String(given?.[1] ?? res.getHeader('content-type') ?? '');
}
