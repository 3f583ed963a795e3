import { type Node, propertyName } from '../parse.ts';
import { memberName } from './patterns.ts';
import { type Source, text } from './source.ts';
import { type At, calleeText, isEnvironment, settle, textValue } from './values.ts';

/** `JWT_SECRET` of `process.env.JWT_SECRET || 'x'`. */
export function environmentName(node: Node, source: Source): string | undefined {
  return /(?:process|import\.meta)\.env\.(\w+)|\.get(?:OrThrow)?(?:<[^>]*>)?\(\s*['"]([\w.]+)['"]/
    .exec(text(node, source))
    ?.slice(1)
    .find(Boolean);
}

export interface Found {
  value: string;
  at: At;
  fallback: boolean;
}

/** A text that serves as a key, straight or as what holds when the environment has none. */
export function literalSecret(
  node: Node | null | undefined,
  source: Source,
  depth = 0,
): Found | undefined {
  if (!node || depth > 6) return undefined;
  const plain = textValue(node, source);
  if (plain) return { ...plain, fallback: false };
  const at = settle(node, source);
  if (at === undefined) return undefined;
  const next = (one: Node | null | undefined) => literalSecret(one, at.source, depth + 1);
  const behind = (found: Found | undefined): Found | undefined =>
    found && { ...found, fallback: true };
  const end = at.node;
  if (end.type === 'Identifier') {
    // `const { JWT_SECRET = 'x' } = process.env`
    const binding = at.source.lookup(end.name, end);
    return binding?.fallback && binding.kind === 'variable'
      ? behind(next(binding.fallback))
      : undefined;
  }
  if (end.type === 'LogicalExpression' && end.operator !== '&&')
    return next(end.left) ?? behind(next(end.right));
  if (end.type === 'ConditionalExpression')
    return behind(next(end.alternate) ?? next(end.consequent));
  if (end.type !== 'CallExpression' && end.type !== 'NewExpression') return undefined;
  const name = calleeText(end.callee);
  if (
    /^(?:Buffer\.from|(?:\w+\.)*JWK\.asKey|asKey|importJWK|crypto\.createSecretKey|createSecretKey|\w*\.?encode|base64\.encode|btoa|fromBase64)$/.test(
      name,
    ) ||
    /TextEncoder\.encode$/.test(name)
  ) {
    return next(end.arguments[0]);
  }
  if (/\.(?:toString|trim)$/.test(name) && end.callee.type === 'MemberExpression')
    return next(end.callee.object);
  if (/\.(?:get|env)$/.test(name) && isEnvironment(end, at.source))
    return behind(next(end.arguments[1]));
  if (/\.default$/.test(name)) return behind(next(end.arguments[0]));
  return undefined;
}

/** The name under which a value is kept: of its variable, property or assignment. */
export function keptAs(node: Node, source: Source): string | undefined {
  const parent = source.parentOf(node);
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier')
    return parent.id.name;
  if (parent?.type === 'Property' && parent.value === node) return propertyName(parent);
  if (parent?.type === 'PropertyDefinition') return propertyName(parent);
  if (parent?.type === 'AssignmentExpression')
    return (
      memberName(parent.left) ?? (parent.left.type === 'Identifier' ? parent.left.name : undefined)
    );
  return parent?.type === 'AssignmentPattern' && parent.left.type === 'Identifier'
    ? parent.left.name
    : undefined;
}
