import type { Project } from '../../../project/project.ts';
import type { FactDetails, FactKind } from '../../../surface/facts.ts';
import type { Confidence } from '../../../surface/surface.ts';
import { lineOf, type Node, type Parsed, stringLiteral, textOf } from '../parse.ts';
import type { Target } from '../resolve.ts';
import type { Bindings } from './bindings.ts';
import { bindingsOf } from './bindings.ts';
import { memberName } from './patterns.ts';

/** One file with its names. */
export interface Source extends Bindings {
  parsed: Parsed;
  world: World;
}

/** All files together, so that an imported name can be followed. */
export interface World {
  project: Project | undefined;
  sources: ReadonlyMap<string, Source>;
  resolve: (from: string, specifier: string) => Target;
}

export type Say = <K extends FactKind>(
  kind: K,
  detail: FactDetails[K],
  node: Node,
  confidence?: Confidence,
) => void;

/** One file that stands alone: imports of other files lead nowhere. */
export function loneSource(parsed: Parsed): Source {
  const cached = lone.get(parsed);
  if (cached) return cached;
  const world: World = {
    project: undefined,
    sources: new Map(),
    resolve: (_from, name) =>
      /^[./]/.test(name)
        ? { kind: 'missing' }
        : { kind: 'package', name: name.replace(/^node:/, '') },
  };
  const source = { ...bindingsOf(parsed.program), parsed, world };
  lone.set(parsed, source);
  return source;
}

const lone = new WeakMap<Parsed, Source>();

/** A name of a package: `jwt.verify` is `jsonwebtoken` and `['verify']`; calls are `()`, `new` is `new`. */
export interface Origin {
  package: string;
  path: readonly string[];
}

/** Names that code without a visible import still means a package by. */
const usual: Readonly<Record<string, string>> = {
  cors: 'cors',
  helmet: 'helmet',
  csurf: 'csurf',
  jwt: 'jsonwebtoken',
  jsonwebtoken: 'jsonwebtoken',
  bcrypt: 'bcrypt',
  bcryptjs: 'bcryptjs',
  mongoose: 'mongoose',
  axios: 'axios',
  passport: 'passport',
};

/** Which package an expression comes from, through variables, members, `require` and files of the project. */
export function originOf(
  node: Node | null | undefined,
  source: Source,
  depth = 0,
): Origin | undefined {
  if (!node || depth > 12) return undefined;
  const next = (one: Node | null | undefined, from = source) => originOf(one, from, depth + 1);
  const extend = (base: Origin | undefined, ...more: readonly string[]): Origin | undefined =>
    base && {
      package: base.package,
      path: [...base.path, ...more.filter((one) => one !== 'default' && one !== '*')],
    };
  switch (node.type) {
    case 'Identifier': {
      const binding = source.lookup(node.name, node);
      if (binding === undefined) {
        const known = Object.hasOwn(usual, node.name) ? usual[node.name] : undefined;
        return known === undefined ? undefined : { package: known, path: [] };
      }
      if (binding.from !== undefined)
        return imported(binding.from, binding.imported ?? 'default', source, depth);
      if (binding.kind !== 'variable') return undefined;
      return extend(next(binding.init ?? binding.assigned[0]), ...binding.path);
    }
    case 'MemberExpression': {
      if (node.object.type === 'ThisExpression')
        return next(source.own.get(memberName(node) ?? ''));
      const base = next(node.object);
      return base && extend(base, memberName(node) ?? '?');
    }
    case 'CallExpression': {
      const { callee } = node;
      if (callee.type === 'Identifier' && callee.name === 'require') {
        const from = stringLiteral(node.arguments[0]);
        return from === undefined ? undefined : imported(from, 'default', source, depth);
      }
      const base = next(callee);
      if (base?.package === 'util' && base.path.at(-1) === 'promisify')
        return next(node.arguments[0]);
      if (base) return extend(base, '()');
      // A local factory: `const limiter = makeLimiter()` is what the factory returns.
      return undefined;
    }
    case 'NewExpression':
      return extend(next(node.callee), 'new');
    case 'ImportExpression': {
      const from = stringLiteral(node.source);
      return from === undefined ? undefined : imported(from, 'default', source, depth);
    }
    case 'AwaitExpression':
      return next(node.argument);
    case 'ChainExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'ParenthesizedExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
      return next(node.expression);
    case 'LogicalExpression':
      return next(node.left) ?? next(node.right);
    default:
      return undefined;
  }
}

function imported(from: string, name: string, source: Source, depth: number): Origin | undefined {
  const target = source.world.resolve(source.parsed.path, from);
  if (target.kind === 'package') {
    return { package: target.name, path: name === 'default' || name === '*' ? [] : [name] };
  }
  const other = target.kind === 'file' ? source.world.sources.get(target.path) : undefined;
  const node = other?.exported.get(name);
  return other && node ? originOf(node, other, depth + 1) : undefined;
}

/** The expression behind an imported name of another file of the project. */
export function across(
  from: string,
  name: string,
  source: Source,
): { node: Node; source: Source } | undefined {
  const target = source.world.resolve(source.parsed.path, from);
  const other = target.kind === 'file' ? source.world.sources.get(target.path) : undefined;
  const node = other?.exported.get(name);
  return other && node ? { node, source: other } : undefined;
}

/** Whether an origin is this package, and the rest of its path joined with dots matches. */
export function isFrom(origin: Origin | undefined, name: RegExp, path?: RegExp): boolean {
  return (
    origin !== undefined &&
    name.test(origin.package) &&
    (path === undefined || path.test(origin.path.join('.')))
  );
}

export function text(node: Node | null | undefined, source: Source): string {
  return node ? textOf(source.parsed, node) : '';
}

export function line(node: Node, source: Source): number {
  return lineOf(source.parsed, node.start);
}

/** The source text of a node, short enough for a message. */
export function brief(node: Node, source: Source): string {
  const whole = text(node, source).replace(/\s+/g, ' ');
  return whole.length > 60 ? `${whole.slice(0, 57)}...` : whole;
}

/** The source text of a node without its comments: what they say is no code. */
export function codeOf(node: Node | null | undefined, source: Source): string {
  if (!node) return '';
  let result = text(node, source);
  for (const { start, end } of source.parsed.comments) {
    if (start < node.start || end > node.end) continue;
    const from = start - node.start;
    result = result.slice(0, from) + ' '.repeat(end - start) + result.slice(end - node.start);
  }
  return result;
}
