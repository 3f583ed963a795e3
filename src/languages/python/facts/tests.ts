import { literalText } from '../literal.ts';
import { type PyNode, walk } from '../parse.ts';
import type { Say } from './say.ts';

const client = /(?:client|\bac|test_?app|\bapi)\w*\.(get|post|put|patch|delete)$/;
/** A test that signs in anywhere says nothing of strangers. */
const signsIn =
  /log_?in|logged|sign_?in|headers\s*=|cookies|auth|token|credential|session_transaction|api_?key/i;

/** Requests that one function of the owner's tests makes, with the status that it expects next. */
export function testCalls(func: PyNode, say: Say): void {
  if (!/^test/.test(func.field('name')?.text ?? '')) return;
  const { text } = func;
  for (const node of walk(func)) {
    if (node.type !== 'call') continue;
    const verb = client.exec(node.field('function')?.text ?? '')?.[1];
    const first = node.field('arguments')?.kids[0];
    const path = literalText(first);
    if (verb === undefined || first === undefined || path?.startsWith('/') !== true) continue;
    const before = text.slice(0, node.start - func.start);
    const options = node.text.slice(first.end - node.start);
    const after = text.slice(node.end - func.start);
    const expects = /status(?:_code)?\s*==\s*(?:\w+\.)*(?:HTTP_)?(\d{3})/.exec(after)?.[1];
    const detail = {
      method: verb.toUpperCase(),
      path,
      credentials: signsIn.test(before + options),
    };
    say(
      'test-call',
      expects === undefined ? detail : { ...detail, expects: Number(expects) },
      node,
    );
  }
}
