import { walk } from '../../../languages/javascript/parse.ts';
import type { ErrorHandler } from '../../../surface/surface.ts';
import type { Application } from './application.ts';
import { boundBy, classOf, type Enhancer, nameOfEnhancer, placeOfValue } from './enhancers.ts';
import { marksOf, sameClass } from './marks.ts';
import type { ClassValue } from './values.ts';

/** Exception filters that are bound to the application or to one of its controllers. */
export function readFilters(app: Application): ErrorHandler[] {
  const bound: Enhancer[] = [...app.globals.filter];
  for (const { controllers } of app.graph.modules) {
    for (const { node, scope } of controllers) {
      bound.push(...boundBy(marksOf(app.m, node, scope), 'filter', 'router'));
      for (const method of node.body.body) {
        if (method.type !== 'MethodDefinition') continue;
        bound.push(...boundBy(marksOf(app.m, method, scope), 'filter', 'route'));
      }
    }
  }
  const seen: ClassValue[] = [];
  const filters = bound.flatMap(({ value, place }): ErrorHandler[] => {
    const own = classOf(value);
    if (own && seen.some((one) => sameClass(one, own))) return [];
    if (own) seen.push(own);
    const leaks = own ? leaksOf(own) : 'unknown';
    return [{ name: nameOfEnhancer(value), place: placeOfValue(value) ?? place, leaks }];
  });
  // What no filter takes is answered by Nest's own: `{"statusCode":500,"message":"Internal server error"}`.
  const { bootstrap } = app;
  const last: ErrorHandler | undefined = bootstrap && {
    name: 'BaseExceptionFilter',
    place: bootstrap.place,
    leaks: 'none',
  };
  return last ? [...filters, last] : filters;
}

// The message of an HttpException is the application's own words; that of any other error is not.
function leaksOf(own: ClassValue): ErrorHandler['leaks'] {
  const answers: string[] = [];
  const { parsed } = own.file;
  walk(own.node, (node) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
    const { property } = node.callee;
    const name = property.type === 'Identifier' ? property.name : '';
    if (/^(json|send|reply|render|end)$/.test(name)) {
      answers.push(parsed.text.slice(node.start, node.end));
    }
  });
  const text = answers.join('\n');
  if (/\.stack\b/.test(text)) return 'stack';
  const whole = parsed.text.slice(own.node.start, own.node.end);
  const http = /@Catch\(\s*(?:\w*HttpException|\w+Exception)\s*\)/.test(
    parsed.text.slice(Math.max(0, own.node.start - 200), own.node.end),
  );
  if (http) return 'none';
  if (/\b(?:exception|error|err|e)\.message\b/.test(text)) return 'message';
  return answers.length === 0 && !/super\.catch/.test(whole) ? 'unknown' : 'none';
}
