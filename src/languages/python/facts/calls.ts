import { literalText } from '../literal.ts';
import type { PyNode } from '../parse.ts';
import { cookies } from './cookies.ts';
import { cors } from './cors.ts';
import { hashes, tokens } from './crypto.ts';
import { keyword, type Say } from './say.ts';

/** What one call states, by the name that it calls. */
export function call(node: PyNode, say: Say, around: () => string): void {
  const name = node.field('function')?.text ?? '';
  const args = node.field('arguments');
  const has = (key: string, value: string): boolean => keyword(node, key)?.text === value;
  // `CORS()` alone is given its application, and its origins, by `init_app`.
  const given =
    /(?:^|\.)add_middleware$|^cors\.init_app$/i.test(name) || /(?:^|\.)CORS$/.test(name);
  if (given && /CORS/i.test(node.text) && (args?.kids.length ?? 0) > 0) cors(node, say);
  if (/(?:^|\.)(?:run|FastAPI|Flask)$/.test(name) && has('debug', 'True'))
    say('debug', { what: `${name}(debug=True)` }, node);
  if (/(?:app|uvicorn)\.run$/.test(name))
    say(
      'listen',
      {
        host: literalText(keyword(node, 'host')),
        port: Number(keyword(node, 'port')?.text) || undefined,
        tls:
          keyword(node, 'ssl_certfile') !== undefined || keyword(node, 'ssl_context') !== undefined,
      },
      node,
    );
  if (has('verify', 'False') && /(?:requests|httpx|session|client)\b/i.test(name))
    say('tls-verify-off', { library: name.split('.')[0] ?? name }, node);
  if (
    /(?:^|\.)(?:pickle|dill|marshal)\.loads?$/.test(name) ||
    (/yaml\.load$/.test(name) && !/Safe|CSafe/.test(args?.text ?? ''))
  )
    say('sink', { what: 'deserialise', source: args?.text.slice(0, 60) ?? '' }, node);
  cookies(node, say);
  tokens(node, say);
  hashes(node, say, around);
}

/** An exception's own text in what the caller is told. */
export function answer(node: PyNode, say: Say): void {
  if (node.type === 'raise_statement' && !/HTTPException\(|abort\(/.test(node.text)) return;
  if (/format_exc\(/.test(node.text)) say('request-to-error', { what: 'stack' }, node);
  else if (/\b(?:str|repr)\((?:e|ex|exc|err|error|exception)\)/.test(node.text))
    say('request-to-error', { what: 'message' }, node);
}
