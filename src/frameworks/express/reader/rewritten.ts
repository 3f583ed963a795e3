import { type Parsed, textOf } from '../../../languages/javascript/parse.ts';
import type { Unresolved } from '../../../surface/surface.ts';

const rewrites = /\b(?:req|request)\.(?:url|method)\s*=(?![=>])/;

/** Where the application gives a request another path: behind it, a route is another than the one asked for. */
export function rewritten(parsed: readonly Parsed[]): Unresolved[] {
  return parsed.flatMap((one) => {
    const lines = textOf(one, one.program).split('\n');
    return lines.flatMap((line, at) => {
      const code = line.replace(/^\s*(?:\/\/|\*|\/\*).*$|\s\/\/.*$/, '');
      const what =
        'the request’s path or method is rewritten: the gate decides by what was asked for';
      return rewrites.test(code) ? [{ what, place: { file: one.path, line: at + 1 } }] : [];
    });
  });
}
