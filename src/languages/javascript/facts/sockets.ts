import type { Node } from '../parse.ts';
import { memberName } from './patterns.ts';
import { originOf, type Say, type Source } from './source.ts';
import { textValue } from './values.ts';

const looksAtOrigin =
  /\bheaders(?:\.origin|\[['"]origin['"]\])|\binfo\.origin\b|\borigin\s*[!=]==|\.(?:has|includes)\(\s*(?:\w+\.)*origin\b/;
const byCookie =
  /\b(?:req(?:uest)?|handshake)\.(?:session|cookies)\b|headers\.cookie|session\w*\(\s*req/i;
const byToken = /handshake\.(?:auth|query)|\bauthorization\b|\btoken\b|jwt\.verify|searchParams/i;

/** Servers of websockets: `new WebSocketServer()` of ws, `socketio(server)`, a listener of `upgrade`. */
export function socketFacts(node: Node, source: Source, say: Say): void {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
  const library = libraryOf(node, source);
  if (library === undefined) return;
  const said = source.parsed.text;
  const credential = byCookie.test(said) ? 'cookie' : byToken.test(said) ? 'token' : 'none';
  say('websocket', { library, origin: looksAtOrigin.test(said), credential }, node, 'medium');
}

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

function libraryOf(node: Call, source: Source): string | undefined {
  const origin = originOf(node.callee, source);
  const path = origin?.path.join('.') ?? '';
  if (origin?.package === 'ws') return /Server$/.test(path) ? 'ws' : undefined;
  if (origin?.package === 'socket.io') return /^(?:Server)?$/.test(path) ? 'socket.io' : undefined;
  const listens = memberName(node.callee) === 'on' && textValue(node.arguments[0], source);
  const isUpgrade = listens !== undefined && listens !== false && listens.value === 'upgrade';
  // With ws in the same file its server says it already.
  return isUpgrade && !/['"](?:ws|socket\.io)['"]/.test(source.parsed.text) ? 'http' : undefined;
}
