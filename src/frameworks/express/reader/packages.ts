import type { Value } from '../../../languages/javascript/run/values.ts';
import type { Route } from '../../../surface/surface.ts';

/** Files below a prefix: `express.static('public')`. */
export function isStatic(value: Value | undefined): boolean {
  if (value?.k !== 'external') return false;
  if (value.module === 'express') return value.path.at(-1) === 'static';
  return /^(?:serve-static|serve-index|express-static-gzip|ecstatic|sirv)$/.test(value.module);
}

/** Pages of an API's description: `swaggerUi.setup(document)`. */
export function isDocs(value: Value | undefined): boolean {
  return (
    value?.k === 'external' &&
    /swagger-ui|redoc|scalar\/|express-jsdoc-swagger|api-reference/.test(value.module)
  );
}

export function isGraphql(value: Value | undefined): boolean {
  return (
    value?.k === 'external' &&
    /graphql|apollo/i.test([value.module, ...value.path].join('.')) &&
    !/upload|playground|voyager/i.test([value.module, ...value.path].join('.'))
  );
}

/** What a body parser parses; `undefined` for anything else. */
export function parserOf(value: Value): Route['body'] | undefined {
  if (value.k !== 'external') return undefined;
  if (value.module === 'multer' || value.module === 'express-fileupload') return 'multipart';
  if (value.module !== 'express' && value.module !== 'body-parser') return undefined;
  const name = value.path.at(-1);
  if (name === 'urlencoded') return 'form';
  if (name === undefined) return 'json';
  return name === 'json' || name === 'raw' || name === 'text' ? name : undefined;
}
