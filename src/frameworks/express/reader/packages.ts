import { textOf } from '../../../languages/javascript/parse.ts';
import type { Value } from '../../../languages/javascript/run/values.ts';
import type { Route } from '../../../surface/surface.ts';
import { heldBy } from './held.ts';

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

/** What a middleware parses: a body parser of a package, or a function of the project around one. */
export function parsersOf(value: Value): Route['body'][] {
  const own = parserOf(value);
  if (own) return [own];
  if (value.k !== 'closure') return [];
  const inside = heldBy(value).flatMap((one) => parserOf(one) ?? []);
  if (inside.length > 0) return inside;
  const text = textOf(value.scope.module.parsed, value.node);
  if (/\b(?:express|bodyParser)\.json\(|JSON\.parse\([^)]*(?:body|raw)/i.test(text))
    return ['json'];
  return /\b(?:express|bodyParser)\.urlencoded\(/.test(text) ? ['form'] : [];
}

function parserOf(value: Value): Route['body'] | undefined {
  if (value.k !== 'external') return undefined;
  if (value.module === 'multer' || value.module === 'express-fileupload') return 'multipart';
  if (value.module !== 'express' && value.module !== 'body-parser') return undefined;
  const name = value.path.at(-1);
  if (name === 'urlencoded') return 'form';
  if (name === undefined) return 'json';
  return name === 'json' || name === 'raw' || name === 'text' ? name : undefined;
}
