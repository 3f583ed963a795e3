import { field, type GoNode } from '../../languages/go/parse.ts';
import type { State } from './facts.ts';

const secretName =
  /(?:secret|passw(?:or)?d|api_?key|private_?key|jwt_?key|signing_?key|token_?key)$/i;

/** A literal under the name of a secret; empty texts and names of environment variables are none. */
export function ofSecret(node: GoNode, state: State): void {
  const [names, values] =
    node.type === 'short_var_declaration'
      ? [field(node, 'left')?.kids ?? [], field(node, 'right')?.kids ?? []]
      : [node.fields.get('name') ?? [], field(node, 'value')?.kids ?? []];
  names.forEach((name, i) => {
    const value = values[i];
    if (value === undefined || !secretName.test(name.text)) return;
    const literal = /^(?:\[\]byte\()?(?:"([^"]+)"|`([^`]+)`)\)?$/.exec(value.text);
    const text = literal?.[1] ?? literal?.[2] ?? '';
    if (text.length < 4 || /^[A-Z][A-Z0-9_]+$/.test(text) || /[\s/{}%]/.test(text)) return;
    // A value of a set, of a type of its own or named like one, is no secret.
    const plain = /^[a-z][a-z._-]*$/.test(text);
    if (plain && (field(node, 'type') !== undefined || /^[A-Z]/.test(name.text))) return;
    // Codes and messages of errors speak of passwords and hold none.
    if (/^(?:err|msg|code|event|key_?name|column|field|table|route|path|url)/i.test(name.text))
      return;
    if (/\.(?:error|invalid|missing|required)|^(?:invalid|wrong|missing|incorrect)/i.test(text))
      return;
    if (text.toLowerCase().replace(/\W|_/g, '') === name.text.toLowerCase().replace(/_/g, ''))
      return;
    const use = /jwt|token|sign/i.test(name.text)
      ? 'jwt'
      : /passw/i.test(name.text)
        ? 'password'
        : 'key';
    state('secret', { use, name: name.text, fallback: false }, name);
  });
}
