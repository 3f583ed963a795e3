import type { FactDetails } from '../../../surface/facts.ts';
import { type Node, propertyName } from '../parse.ts';
import { type Say, type Source, text } from './source.ts';
import { environmentName, keptAs, literalSecret } from './stated.ts';
import { calleeText, isEnvironment, textValue } from './values.ts';

type Use = FactDetails['secret']['use'];

const strong =
  /(?:secret|secret_?key|private_?key|api_?key|access_?key(?:_?secret)?|secretAccessKey|signing_?key|encryption_?key|jwt_?key|hmac_?key|passphrase|client_?secret|auth_?token|access_?token|bearer(?:_?token)?)$/i;
const password = /(?:^|_|[a-z])(?:passw(?:or)?d|passwd|pwd)$|^pass$|_pass$/i;
const token = /(?:^|_|[a-z])token$/i;
const neighbours =
  /^(?:host|hostname|port|user|username|database|db|server|login|email|account|auth|dialect|client)$/i;
/** Formats that are nothing but keys: PEM, AWS, GitHub, Stripe, Slack, Google, SendGrid. */
const formats =
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|^(?:AKIA|ASIA)[A-Z0-9]{16}$|^gh[pousr]_\w{30,}$|^sk_live_\w{16,}$|^xox[abp]-[\w-]{20,}$|^AIza[\w-]{35}$|^SG\.[\w-]{16,}\.[\w-]{16,}$/;
const connection =
  /^(?:mongodb(?:\+srv)?|postgres(?:ql)?|mysql|mariadb|mssql|redis|rediss|amqps?):\/\/([^:/\s@]*):([^@\s]+)@([^/\s:]+)/;

/** Texts that are keys by the name that they are kept under, or by their own format. */
export function namedSecretFacts(node: Node, source: Source, say: Say): void {
  if (node.type === 'Literal' && typeof node.value === 'string')
    ownFormat(node, node.value, source, say);
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) {
    ownFormat(node, node.quasis[0]?.value.cooked ?? '', source, say);
  }
  if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init) {
    kept(node.id.name, node.init, node, source, say);
  } else if (node.type === 'Property' && source.parentOf(node)?.type === 'ObjectExpression') {
    const name = propertyName(node);
    if (name !== undefined) kept(name, node.value, node, source, say);
  } else if (node.type === 'AssignmentPattern' && node.left.type === 'Identifier') {
    defaulted(node.left.name, node, source, say);
  } else if (node.type === 'PropertyDefinition' && node.value) {
    kept(propertyName(node) ?? '', node.value, node, source, say);
  } else if (node.type === 'AssignmentExpression' && node.operator === '=') {
    const name = keptAs(node.right, source);
    if (name !== undefined) kept(name, node.right, node, source, say);
  } else if (
    node.type === 'LogicalExpression' &&
    node.operator !== '&&' &&
    isEnvironment(node.left, source)
  ) {
    const name = environmentName(node.left, source);
    if (name !== undefined && keptAs(node, source) === undefined)
      kept(name, node, node, source, say);
  }
}

function ownFormat(node: Node, value: string, source: Source, say: Say): void {
  if (formats.test(value) && value.length > 15) {
    // The name of a header of a key file is not a key.
    if (/PRIVATE KEY-----/.test(value) && value.length < 120) return;
    say(
      'secret',
      {
        use: /PRIVATE KEY/.test(value) ? 'key' : 'apikey',
        name: keptAs(node, source) ?? 'a key',
        fallback: false,
      },
      node,
    );
    return;
  }
  const match = connection.exec(value);
  if (match === null) return;
  const [, , secret = '', host = ''] = match;
  if (
    /^[<[{$*]|^x+$|^\*+$|^(?:your[-_]?)?pass(?:word)?$|^(?:user|root|postgres|guest|admin|secret|example|changeme)$/i.test(
      secret,
    )
  )
    return;
  if (/^(?:localhost|127\.|0\.0\.0\.0|\[|host$|example\.)/.test(host)) return;
  say(
    'secret',
    {
      use: 'connection',
      name: keptAs(node, source) ?? 'connection',
      fallback: isFallback(node, source),
    },
    node,
  );
}

function isFallback(node: Node, source: Source): boolean {
  const parent = source.parentOf(node);
  return parent?.type === 'LogicalExpression' && parent.right === node;
}

/** Data for the project's own tests, outside of its test folders. */
const inTesting = /(?:^|\/)_*(?:mocks?|testing|stubs?)_*\//i;

function kept(name: string, value: Node, place: Node, source: Source, say: Say): void {
  if (inTesting.test(source.parsed.path)) return;
  if (value.type === 'Identifier' || value.type === 'MemberExpression') return;
  const use = useOf(name) ?? useOf(environmentName(value, source) ?? '');
  if (use === undefined) return;
  // Schemas and column definitions describe a secret; they hold none.
  if (
    value.type === 'CallExpression' &&
    !isEnvironment(value, source) &&
    !/Buffer\.from|encode|createSecretKey/.test(calleeText(value))
  ) {
    if (!/\bz\.|Joi|str\(/.test(text(value, source)) || !/default/.test(text(value, source)))
      return;
  }
  const found = literalSecret(value, source);
  if (found === undefined || found.at.source !== source) return;
  if (!found.fallback && !isKeyLike(found.value, name, use, place, source)) return;
  if (
    found.fallback &&
    (found.value.length < 3 ||
      /^https?:/.test(found.value) ||
      (use !== 'jwt' &&
        use !== 'session' &&
        (/\s/.test(found.value) || sameWord(found.value, name))))
  )
    return;
  say(
    'secret',
    { use, name: environmentName(value, source) ?? name, fallback: found.fallback },
    found.at.node,
    found.fallback && use !== 'password' ? 'high' : 'medium',
  );
}

/** `const { JWT_SECRET = 'x' } = process.env`. */
function defaulted(
  name: string,
  node: Extract<Node, { type: 'AssignmentPattern' }>,
  source: Source,
  say: Say,
): void {
  const use = useOf(name);
  const value = textValue(node.right, source)?.value;
  if (use === undefined || value === undefined || value.length < 3) return;
  let at: Node | undefined = source.parentOf(node);
  while (at && at.type !== 'VariableDeclarator') at = source.parentOf(at);
  if (at?.type !== 'VariableDeclarator' || !at.init || !isEnvironment(at.init, source)) return;
  say('secret', { use, name, fallback: true }, node);
}

function useOf(name: string): Use | undefined {
  if (
    /guard|metadata|strategy|inject|url|path|file|field|header|type|algorithm|expir|prefix|message|label|length|regex|pattern|hint|placeholder|public|example|hash|name$/i.test(
      name,
    )
  ) {
    return undefined;
  }
  if (/jwt|token_?secret|refresh_?secret|access_?secret/i.test(name) && /secret|key/i.test(name))
    return 'jwt';
  if (/(?:session|cookie)_?(?:secret|password)s?$|^(?:session|cookie)_?keys?$/i.test(name))
    return 'session';
  if (/csrf/i.test(name) && /secret/i.test(name)) return 'csrf';
  if (
    /api_?key|access_?key|secretAccessKey|client_?secret|bearer|auth_?token|access_?token/i.test(
      name,
    ) &&
    strong.test(name)
  )
    return 'apikey';
  if (password.test(name) || /passphrase$/i.test(name)) return 'password';
  if (token.test(name)) return 'apikey';
  return strong.test(name) ? 'key' : undefined;
}

/** Whether the text can be a key at all: not a word of the interface, not its own name, not a message. */
function isKeyLike(value: string, name: string, use: Use, place: Node, source: Source): boolean {
  if (
    value.length < 6 ||
    /\s/.test(value) ||
    /^(?:https?:|\.{0,2}\/|[<{$*%])/.test(value) ||
    /[[\]<>{}]|\.\.\./.test(value)
  )
    return false;
  if (
    sameWord(value, name) ||
    /^(?:unknown|default|anonymous|disabled|redacted|masked|string|text|bearer|basic|password|required|optional|hidden|undefined|null|true|false)$/i.test(
      value,
    )
  )
    return false;
  if (
    /^x-[\w-]+$/i.test(value) ||
    /^[a-z]+(?:\.[a-z]+)+$/i.test(value) ||
    /^(?:\w+-)*(?:token|key|password|secret)$/i.test(value)
  ) {
    return use === 'jwt' || use === 'session' || use === 'key';
  }
  // `incorrectPassword` and INVALID_TOKEN are names of messages.
  if (use !== 'key' && /^(?:[A-Z][A-Z_]+|[a-z]+(?:[A-Z][a-z]+)+)$/.test(value)) return false;
  if (use === 'password') {
    if (place.type === 'VariableDeclarator' || place.type === 'AssignmentExpression')
      return /^(?:\w*_)?pass\w*$|^\w*pwd$/i.test(name) && isOpaque(value, 8);
    return hasNeighbour(place, source);
  }
  if (token.test(name) && !/auth|access|api|bearer/i.test(name))
    return isOpaque(value, 16) || hasNeighbour(place, source);
  return use === 'apikey' ? isOpaque(value, 16) || hasNeighbour(place, source) : true;
}

function isOpaque(value: string, length: number): boolean {
  return value.length >= length && /\d/.test(value) && /[a-z]/i.test(value);
}

function sameWord(value: string, name: string): boolean {
  const plain = (one: string) => one.replace(/[^a-z]/gi, '').toLowerCase();
  return plain(value) === plain(name);
}

/** Beside a host, a user or another key it is a sign-in, not a form field. */
function hasNeighbour(place: Node, source: Source): boolean {
  const object = source.parentOf(place);
  if (object?.type !== 'ObjectExpression') return false;
  return object.properties.some((one) => {
    if (one === place || one.type !== 'Property') return false;
    const name = propertyName(one) ?? '';
    const isText = textValue(one.value, source) !== undefined || isEnvironment(one.value, source);
    return isText && (neighbours.test(name) || /key(?:id)?$|region|endpoint/i.test(name));
  });
}
