import type { PyNode } from '../parse.ts';
import type { Value } from '../values.ts';
import { cookies } from './cookies.ts';
import { hashes, tokens } from './crypto.ts';
import { keyword, positional, type Say } from './say.ts';
import type { Source } from './source.ts';

/** What one call states, by the name that it calls. */
export function call(node: PyNode, say: Say, source: Source): void {
  const name = node.field('function')?.text ?? '';
  const args = node.field('arguments');
  serves(node, name, say, source);
  if (
    keyword(node, 'verify')?.text === 'False' &&
    /(?:requests|httpx|session|client)\b/i.test(name)
  )
    say('tls-verify-off', { library: name.split('.')[0] ?? name }, node);
  if (/yaml\.load$/.test(name) && !/Safe|CSafe/.test(args?.text ?? ''))
    say('sink', { what: 'deserialise', source: args?.text.slice(0, 60) ?? '' }, node);
  cookies(node, say, source);
  tokens(node, say, source);
  hashes(node, say, source);
}

const serving =
  /(?:^|\.)(?:app|application|server|socketio|uvicorn|hypercorn|waitress|create_app\(.*\))\.?(?:run|serve)$/;

/** How the application is started, and whether with debugging aids. */
function serves(node: PyNode, name: string, say: Say, source: Source): void {
  const truth = (key: string): boolean => {
    const value = source.constant(keyword(node, key));
    return value?.t === 'bool' && value.v;
  };
  const runs = /(?:^|\.)run$/.test(name) || /^(?:waitress\.)?serve$|(?:^|\.)run_simple$/.test(name);
  const starts = serving.test(name) || /^(?:waitress\.)?serve$|run_simple$/.test(name);
  const makes = /(?:^|\.)(?:FastAPI|Flask|Starlette|APIFlask)$/.test(name);
  if (/\.bind$/.test(name)) bound(node, say, source);
  if (/(?:^|\.)DebuggedApplication$/.test(name)) say('debug', { what: name }, node);
  if (!runs && !starts && !makes) return;
  const host = hostOf(node, name, source);
  const debug = truth('debug') || truth('use_debugger');
  if (debug && (runs || makes)) {
    const open = isEverywhere(host) ? ', reachable on every interface' : '';
    say('debug', { what: `${name}(debug=True)${open}` }, node);
  }
  if (starts)
    say(
      'listen',
      {
        host,
        port: Number(keyword(node, 'port')?.text) || undefined,
        tls:
          keyword(node, 'ssl_certfile') !== undefined || keyword(node, 'ssl_context') !== undefined,
      },
      node,
    );
}

/** `socket.bind(("0.0.0.0", 80))`; the empty host is every interface too. */
function bound(node: PyNode, say: Say, source: Source): void {
  const [address] = positional(node);
  if (address?.type !== 'tuple') return;
  const host = textOf(source.constant(address.kids[0]));
  if (host !== undefined && (isEverywhere(host) || host === ''))
    say('listen', { host: host === '' ? '0.0.0.0' : host, port: undefined, tls: false }, node);
}

function hostOf(node: PyNode, name: string, source: Source): string | undefined {
  const first = /run_simple$|(?:app|application)\.run$/.test(name)
    ? positional(node)[0]
    : undefined;
  return textOf(source.constant(keyword(node, 'host') ?? first));
}

function isEverywhere(host: string | undefined): boolean {
  return host === '0.0.0.0' || host === '::';
}

function textOf(value: Value | undefined): string | undefined {
  return value?.t === 'str' && value.part !== true ? value.v : undefined;
}

const general =
  /^except(?:\s+\(?(?:[\w.]+\s*,\s*)*(?:Exception|BaseException|\w*(?:Database|SQLAlchemy|Operational|Integrity)Error)\b|\s*:)/;

/** An exception's own text in what the caller is told, where it is an error that nobody foresaw. */
export function answer(node: PyNode, routed: boolean, say: Say, source: Source): void {
  if (node.type === 'raise_statement' && !/HTTPException\(|abort\(/.test(node.text)) return;
  const answers = /jsonify\(|Response\(|make_response\(|HTTPException\(|abort\(|,\s*\d{3}\s*$/;
  if (!routed && !answers.test(node.text)) return;
  if (/format_exc\(/.test(node.text)) say('request-to-error', { what: 'stack' }, node);
  if (!/\b(?:str|repr)\((?:e|ex|exc|err|error|exception)\)/.test(node.text)) return;
  const clause = source.outside(node).find((one) => one.type === 'except_clause');
  const foreseen = clause !== undefined && !general.test(clause.text);
  if (foreseen && /\b4\d\d\b|HTTP_4|BAD_REQUEST|NOT_FOUND|CONFLICT/.test(node.text)) return;
  say('request-to-error', { what: 'message' }, node);
}
