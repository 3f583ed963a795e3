import type { Guard, Place } from '../../../surface/surface.ts';
import { evaluate, type Machine } from './evaluate.ts';
import { run } from './execute.ts';
import { className, lineage, type Mark, marksOf } from './marks.ts';
import { placeOf } from './program.ts';
import {
  type ClassValue,
  isExternal,
  itemsOf,
  member,
  rootOf,
  textOfValue,
  type Value,
} from './values.ts';

export type EnhancerKind = 'guard' | 'pipe' | 'interceptor' | 'filter';

/** A guard, pipe, interceptor or filter where it is bound. */
export interface Enhancer {
  kind: EnhancerKind;
  value: Value;
  scope: Guard['scope'];
  place: Place;
}

const decorators: Readonly<Record<EnhancerKind, string>> = {
  guard: 'UseGuards',
  pipe: 'UsePipes',
  interceptor: 'UseInterceptors',
  filter: 'UseFilters',
};

/** What the marks of a class or a method bind: decorators apply from the last to the first. */
export function boundBy(
  marks: readonly Mark[],
  kind: EnhancerKind,
  scope: Guard['scope'],
): Enhancer[] {
  const groups: Mark[][] = [];
  for (const mark of marks) {
    const last = groups.at(-1);
    if (last?.[0]?.place === mark.place) last.push(mark);
    else groups.push([mark]);
  }
  return groups
    .reverse()
    .flatMap((group) =>
      group
        .filter((mark) => mark.name === decorators[kind])
        .flatMap((mark) =>
          mark.args.flatMap(itemsOf).map((value) => ({ kind, value, scope, place: mark.place })),
        ),
    );
}

/** Marks of a class and of the classes that it extends, in the order in which metadata adds up. */
export function classMarks(m: Machine, of: ClassValue): Mark[][] {
  return lineage(m, of).map((one) => marksOf(m, one.node, one.scope));
}

const tokens: Readonly<Record<EnhancerKind, string>> = {
  guard: 'APP_GUARD',
  pipe: 'APP_PIPE',
  interceptor: 'APP_INTERCEPTOR',
  filter: 'APP_FILTER',
};

/** `{ provide: APP_GUARD, useClass: … }` among the providers of a module. */
export function appProviders(
  m: Machine,
  providers: readonly Value[],
  kind: EnhancerKind,
  fallback: Place,
): Enhancer[] {
  return providers.flatMap((provider) => {
    if (provider.kind !== 'object') return [];
    const token = member(provider, 'provide');
    if (!token || !isExternal(token, /^@nestjs\/core$/, tokens[kind])) return [];
    const made = member(provider, 'useFactory');
    const value =
      member(provider, 'useClass') ??
      member(provider, 'useExisting') ??
      member(provider, 'useValue') ??
      (made?.kind === 'function' ? run(m, made, []) : undefined);
    if (!value) return [];
    return [{ kind, value, scope: 'app' as const, place: placeOfValue(value) ?? fallback }];
  });
}

export function placeOfValue(value: Value): Place | undefined {
  if (value.kind === 'class' || value.kind === 'function' || value.kind === 'call') {
    return placeOf(value.file, value.node);
  }
  return value.kind === 'object' && value.of ? placeOf(value.of.file, value.of.node) : undefined;
}

/** The class of the project behind an enhancer, whether it was handed over as a class or an instance. */
export function classOf(value: Value): ClassValue | undefined {
  if (value.kind === 'class') return value;
  // `mixin(class …)` gives the class back under a name of its own.
  if (value.kind === 'call' && isExternal(value.callee, /^@nestjs\/common$/, 'mixin')) {
    return value.args[0]?.kind === 'class' ? value.args[0] : undefined;
  }
  return value.kind === 'object' ? value.of : undefined;
}

/** The package's class or factory at the root of an enhancer, with the arguments that it was given. */
export function outside(
  m: Machine,
  value: Value,
): { from: string; name: string; args: readonly Value[] } | undefined {
  const own = classOf(value);
  if (own) {
    const last = lineage(m, own).at(-1);
    const parent = last?.node.superClass;
    if (!last || !parent) return undefined;
    return outside(m, evaluate(m, parent, last.scope));
  }
  const root = rootOf(value);
  if (root.kind !== 'external') return undefined;
  return { from: root.from, name: root.name, args: value.kind === 'call' ? value.args : [] };
}

/** How the source names it: `JwtAuthGuard`, `AuthGuard('jwt')`. */
export function nameOfEnhancer(value: Value): string {
  const own = classOf(value);
  if (own) return className(own);
  const root = rootOf(value);
  if (value.kind === 'function' && value.node.type === 'FunctionDeclaration') {
    return value.node.id?.name ?? 'function';
  }
  if (root.kind !== 'external') return value.kind === 'function' ? 'function' : 'unknown';
  const args = value.kind === 'call' && !value.isNew ? value.args.map(shown).join(', ') : '';
  const called = value.kind === 'call' && !value.isNew ? `(${args})` : '';
  const name = root.name === 'default' || root.name === '*' ? root.from : root.name;
  return `${name.replace(/^default\./, '')}${called}`;
}

function shown(value: Value): string {
  const text = textOfValue(value)?.text;
  if (text !== undefined) return `'${text}'`;
  return value.kind === 'array' ? `[${value.items.map(shown).join(', ')}]` : '…';
}
