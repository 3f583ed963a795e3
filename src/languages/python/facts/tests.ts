import { stringParts } from '../literal.ts';
import { type PyNode, walk } from '../parse.ts';
import type { Say } from './say.ts';
import { decoratorsOf } from './taint.ts';

const client = /(?:client|\bac|test_?app|\bapi)\w*\.(get|post|put|patch|delete|websocket_connect)$/;
/** A test that signs in anywhere says nothing of strangers. */
const signsIn =
  /log_?in|logged|sign_?in|headers\s*=|cookies|auth|token|credential|session_transaction|api_?key/i;

/** A request that a test sends: its path, and the status that stands beside it in a table of cases. */
interface Asked {
  path: string;
  expects: number | undefined;
}

/** Requests that one function of the owner's tests makes, with the status that it expects next. */
export function testCalls(func: PyNode, say: Say): void {
  if (!/^test/.test(func.field('name')?.text ?? '')) return;
  const { text } = func;
  for (const node of walk(func)) {
    if (node.type !== 'call') continue;
    const verb = client.exec(node.field('function')?.text ?? '')?.[1];
    const first = node.field('arguments')?.kids[0];
    if (verb === undefined || first === undefined) continue;
    const before = text.slice(0, node.start - func.start);
    const options = node.text.slice(first.end - node.start);
    const after = text.slice(node.end - func.start);
    const said = /status(?:_code)?\s*==\s*(?:\w+\.)*(?:HTTP_)?(\d{3})/.exec(after)?.[1];
    const credentials = signsIn.test(before + options);
    for (const { path, expects = said && Number(said) } of asked(first, func)) {
      const method = verb === 'websocket_connect' ? 'WS' : verb.toUpperCase();
      const detail = { method, path, credentials };
      say('test-call', typeof expects === 'number' ? { ...detail, expects } : detail, node);
    }
  }
}

/** The path as it is written, or those that `parametrize` hands to the test under its name. */
function asked(first: PyNode, func: PyNode): Asked[] {
  const given = first.type === 'keyword_argument' ? first.field('value') : first;
  if (given?.type === 'string' || given?.type === 'concatenated_string') {
    // What is filled in stands for one segment or one value.
    const path = stringParts(given)
      .map((part) => (typeof part === 'string' ? part : '1'))
      .join('');
    return path.startsWith('/') ? [{ path, expects: undefined }] : [];
  }
  const cases = decoratorsOf.get(func) ?? '';
  if (given?.type !== 'identifier' || !new RegExp(`\\b${given.text}\\b`).test(cases)) return [];
  return [...cases.matchAll(/["'](\/[^"'\s]*)["'](?:[^"'\n]*?,\s*(\d{3})\b)?/g)].map(
    ([, path = '', status]) => ({
      path,
      expects: status === undefined ? undefined : Number(status),
    }),
  );
}
