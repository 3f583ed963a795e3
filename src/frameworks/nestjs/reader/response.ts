import { responseOf } from '../../../languages/javascript/describe.ts';
import { textOf } from '../../../languages/javascript/parse.ts';
import type { Route } from '../../../surface/surface.ts';
import type { Handler } from './handlers.ts';
import { textOfValue } from './values.ts';

/** How a handler answers. What it returns is JSON, unless its decorators or its use of `@Res()` say otherwise. */
export function responseOfHandler(handler: Handler, sse: boolean): Route['response'] {
  if (sse) return 'stream';
  const text = textOf(handler.declared.file.parsed, handler.method);
  for (const mark of handler.marks) {
    if (mark.name === 'Render') return 'html';
    if (mark.name === 'Redirect') return 'redirect';
    const [name, value] = mark.args.map((one) => textOfValue(one)?.text ?? '');
    if (mark.name === 'Header' && /^content-type$/i.test(name ?? '') && /html/.test(value ?? '')) {
      return 'html';
    }
  }
  if (/\bStreamableFile\b/.test(text)) return 'file';
  if (/@(Res|Response)\(\s*\)/.test(text)) {
    const found = responseOf(text);
    return found === 'unknown' ? 'json' : found;
  }
  // A text that a handler returns is sent as text/html.
  const returned = /\)\s*:\s*(?:Promise<)?string\b[>\s]*\{/.test(text);
  return returned ? 'unknown' : 'json';
}
