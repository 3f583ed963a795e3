import MagicString from 'magic-string';
import type { Tree } from '../../kernel/tree.ts';
import { settle } from '../../languages/javascript/edit.ts';
import {
  isParsed,
  lineOf,
  type Node,
  type Parsed,
  parseFile,
  propertyName,
  textOf,
  walk,
} from '../../languages/javascript/parse.ts';
import { addProperty, mayHave } from '../../languages/javascript/properties.ts';
import { styleOf } from '../../languages/javascript/style.ts';
import { appFacts } from '../../surface/queries.ts';
import type { Surface } from '../../surface/surface.ts';
import type { Edit, RecipeInput } from '../framework.ts';

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

/** One change at one call: what is written there, and what the plan says of it. */
interface Change {
  file: string;
  line: number;
  says: string;
  make: (at: { text: MagicString; parsed: Parsed; call: Call }) => boolean;
}

/**
 * Weaknesses of a sign-in that stays, mended where the change cannot break it: flags that browsers assume
 * anyhow, the algorithm that every token of this project has, and the cost of new password hashes.
 */
export function mendKept(
  { project, surface, policy }: Pick<RecipeInput, 'project' | 'surface' | 'policy'>,
  /** As the other edits leave it. */
  now: Tree,
): { edits: readonly Edit[]; notes: readonly string[] } {
  if (policy.kept.auth === undefined) return { edits: [], notes: [] };
  const changes = [...cookies(project.tree, surface), ...tokens(surface), ...hashes(surface)];
  const notes: string[] = [];
  const edits = [...new Set(changes.map(({ file }) => file))].flatMap((file): Edit[] => {
    const before = parsedOf(project.tree, file);
    const parsed = parsedOf(now, file);
    if (before === undefined || parsed === undefined) return [];
    const text = new MagicString(parsed.text);
    for (const change of changes.filter((one) => one.file === file)) {
      const calls = callsIn(before).filter((call) => lineOf(before, call.start) === change.line);
      const same = calls.flatMap((call) => sameCall(before, call, parsed) ?? []);
      if (!same.some((call) => change.make({ text, parsed, call }))) continue;
      notes.push(`${change.says} at ${file}:${change.line}`);
    }
    const edited = text.toString();
    return edited === parsed.text ? [] : [settle(file, edited, '', 'mends the sign-in that stays')];
  });
  return { edits: edits.filter(({ end }) => end === 'edited'), notes };
}

function parsedOf(tree: Tree, file: string): Parsed | undefined {
  const source = tree.read(file);
  const parsed = source === undefined ? undefined : parseFile(file, source);
  return parsed !== undefined && isParsed(parsed) ? parsed : undefined;
}

function callsIn(parsed: Parsed): Call[] {
  const found: Call[] = [];
  walk(parsed.program, (node) => {
    if (node.type === 'CallExpression' || node.type === 'NewExpression') found.push(node);
  });
  return found;
}

/** The same call in a text with more lines: the same words, and as many of them in front of it. */
function sameCall(before: Parsed, call: Call, now: Parsed): Call | undefined {
  const said = textOf(before, call);
  const alike = (parsed: Parsed): Call[] =>
    callsIn(parsed).filter((one) => textOf(parsed, one) === said);
  return alike(now)[alike(before).findIndex((one) => one.start === call.start)];
}

/** SameSite=Lax, and Secure wherever the connection is: a front end elsewhere, or a form of a provider, needs other ones. */
function cookies(tree: Tree, surface: Surface): Change[] {
  const crossSite =
    appFacts(surface, 'cors').some(({ detail }) => detail.credentials) ||
    /passport-(?:saml|apple|azure-ad)|@node-saml|openid-client|express-openid-connect|"lusca"/.test(
      tree.read('package.json') ?? '',
    );
  return appFacts(surface, 'cookie').flatMap(({ detail, place }): Change[] => {
    if (detail.library !== 'express-session') return [];
    const wanted = [
      ...(detail.secure === undefined ? ['secure'] : []),
      ...(detail.sameSite === undefined && !crossSite ? ['sameSite'] : []),
    ];
    if (wanted.length === 0) return [];
    const says = `the session cookie gets ${wanted.map((name) => (name === 'secure' ? "secure: 'auto'" : "sameSite: 'lax'")).join(' and ')}`;
    const make: Change['make'] = ({ text, parsed, call }) => {
      const [options] = call.arguments;
      if (options?.type !== 'ObjectExpression') return false;
      const { quote } = styleOf(parsed.text, parsed.path);
      const value = (name: string) =>
        `${name}: ${quote}${name === 'secure' ? 'auto' : 'lax'}${quote}`;
      const own = options.properties.find(
        (one) => one.type === 'Property' && propertyName(one) === 'cookie',
      );
      if (own === undefined) {
        if (mayHave(options, 'cookie')) return false;
        const code = `cookie: { ${wanted.map(value).join(', ')} }`;
        addProperty(text, { parsed, object: options, code });
        return true;
      }
      if (own.type !== 'Property' || own.value.type !== 'ObjectExpression') return false;
      const object = own.value;
      const missing = wanted.filter((name) => !mayHave(object, name));
      for (const name of missing) addProperty(text, { parsed, object, code: value(name) });
      return missing.length > 0;
    };
    return [{ ...place, says, make }];
  });
}

/** `jwt.verify` names HS256 where this project signs with the same secret and nothing else. */
function tokens(surface: Surface): Change[] {
  const signs = appFacts(surface, 'jwt-sign');
  const plain = signs.every(
    ({ detail }) => detail.library === 'jsonwebtoken' && (detail.algorithm ?? 'HS256') === 'HS256',
  );
  if (signs.length === 0 || !plain) return [];
  return appFacts(surface, 'jwt-verify').flatMap(({ detail, place }): Change[] => {
    if (detail.library !== 'jsonwebtoken' || detail.algorithms !== undefined) return [];
    const says = 'jsonwebtoken verifies HS256 alone, with which this project signs';
    const make: Change['make'] = ({ text, parsed, call }) => {
      const [, secret, third] = call.arguments;
      const named = /(?:^|\.)verify$/.test(textOf(parsed, call.callee));
      if (!named || secret === undefined || !isShared(textOf(parsed, secret))) return false;
      const { quote } = styleOf(parsed.text, parsed.path);
      const code = `algorithms: [${quote}HS256${quote}]`;
      if (third?.type === 'ObjectExpression') {
        if (mayHave(third, 'algorithms')) return false;
        addProperty(text, { parsed, object: third, code });
        return true;
      }
      const isCallback =
        third?.type === 'ArrowFunctionExpression' || third?.type === 'FunctionExpression';
      if (third !== undefined && !isCallback) return false;
      text.appendLeft(secret.end, `, { ${code} }`);
      return true;
    };
    return [{ ...place, says, make }];
  });
}

/** A name or a text that is a secret, and no key of a pair or of somebody else. */
function isShared(code: string): boolean {
  return /secret/i.test(code) && !/public|private|cert|pem|jwks|issuer|[()]/i.test(code);
}

/** Less than ten rounds of bcrypt are for new hashes alone: the old ones say their own cost. */
function hashes(surface: Surface): Change[] {
  return appFacts(surface, 'password-hash').flatMap(({ detail, place }): Change[] => {
    if (detail.algorithm !== 'bcrypt' || detail.rounds === undefined || detail.rounds >= 10)
      return [];
    const says = `bcrypt hashes new passwords with 10 rounds instead of ${detail.rounds}`;
    const make: Change['make'] = ({ text, parsed, call }) => {
      if (!/(?:^|\.)(?:hash|hashSync|genSalt|genSaltSync)$/.test(textOf(parsed, call.callee)))
        return false;
      const rounds = call.arguments.find(
        (one) => one.type === 'Literal' && typeof one.value === 'number' && one.value < 10,
      );
      if (rounds === undefined) return false;
      text.overwrite(rounds.start, rounds.end, '10');
      return true;
    };
    return [{ ...place, says, make }];
  });
}
