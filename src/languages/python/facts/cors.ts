import { literalText } from '../literal.ts';
import type { PyNode } from '../parse.ts';
import { keyword, type Say } from './say.ts';

/** A CORS policy of Starlette's middleware or of flask-cors. */
export function cors(node: PyNode, say: Say): void {
  const origins = keyword(node, 'allow_origins') ?? keyword(node, 'origins');
  const regex = keyword(node, 'allow_origin_regex');
  const isFlask = !/CORSMiddleware/.test(node.text);
  const credentials = /^True$/.test(
    (keyword(node, 'allow_credentials') ?? keyword(node, 'supports_credentials'))?.text ?? '',
  );
  const list =
    origins?.type === 'list' ? origins.kids.flatMap((one) => literalText(one) ?? []) : undefined;
  const any =
    list?.includes('*') === true ||
    literalText(origins) === '*' ||
    (isFlask && origins === undefined && keyword(node, 'resources') === undefined);
  const kind =
    regex !== undefined
      ? 'regex'
      : any
        ? credentials
          ? 'reflected'
          : 'any'
        : list !== undefined
          ? 'list'
          : 'unknown';
  say(
    'cors',
    { origins: kind, list, credentials, library: isFlask ? 'flask_cors' : 'starlette' },
    node,
  );
}
