import {
  guardByBody,
  guardByLibrary,
  type Recognised,
} from '../../../languages/javascript/guards/index.ts';
import type { Credential, Guard, GuardKind, Place, Unresolved } from '../../../surface/surface.ts';
import type { Application } from './application.ts';
import { callsOf } from './bootstrap.ts';
import { classOf, nameOfEnhancer } from './enhancers.ts';
import { readMiddleware, runsBefore } from './middleware.ts';
import { covers, joinPath } from './paths.ts';
import {
  type CallValue,
  type ClassValue,
  itemsOf,
  member,
  rootOf,
  textOfValue,
  type Value,
} from './values.ts';

interface Link {
  guard: Guard;
  credentials: readonly Credential[];
  applies: (
    method: string,
    path: string,
    inner: string,
    controller: ClassValue | undefined,
  ) => boolean;
}

/** Middleware in the order in which requests pass it: the bootstrap's own, then that of the modules. */
export interface Chain {
  everywhere: readonly Guard[];
  before: (
    method: string,
    path: string,
    inner: string,
    controller: ClassValue | undefined,
  ) => { guards: Guard[]; credentials: Credential[] };
}

export function chainOf(app: Application, unresolved: Unresolved[]): Chain {
  const links = [...bootstrapLinks(app), ...moduleLinks(app, unresolved)];
  return {
    everywhere: links.filter((one) => one.guard.scope === 'app').map((one) => one.guard),
    before: (method, path, inner, controller) => {
      const met = links.filter((one) => one.applies(method, path, inner, controller));
      return {
        guards: met.map((one) => one.guard),
        credentials: met.filter((one) => asks(one.guard)).flatMap((one) => one.credentials),
      };
    },
  };
}

// A session or a cookie parser reads a cookie; only what refuses a caller asks for one.
function asks(guard: Guard): boolean {
  return guard.kinds.includes('auth') || guard.kinds.includes('authz');
}

function bootstrapLinks({ bootstrap }: Application): Link[] {
  if (!bootstrap) return [];
  const links: Link[] = [];
  const everywhere = (guard: Omit<Guard, 'scope' | 'confidence'>) =>
    links.push({
      guard: { ...guard, scope: 'app', confidence: 'high' },
      credentials: [],
      applies: () => true,
    });
  for (const { name, args, place, call } of callsOf(
    bootstrap,
    'use',
    'enableCors',
    'register',
    'useSecurityHeaders',
    'enableCsrfProtection',
  )) {
    if (name === 'use') links.push(...usedLinks(args, place));
    if (name === 'register') links.push(...pluginLinks(call, place));
    if (name === 'enableCors')
      everywhere({
        name: 'enableCors()',
        kinds: ['cors'],
        library: '@nestjs/core',
        place,
        detail: {},
      });
    if (name === 'useSecurityHeaders') {
      everywhere({
        name: 'useSecurityHeaders()',
        kinds: ['headers'],
        library: '@nestjs/core',
        place,
        detail: {},
      });
    }
    if (name === 'enableCsrfProtection') {
      const detail = { kind: 'fetch-metadata' };
      everywhere({
        name: 'enableCsrfProtection()',
        kinds: ['csrf'],
        library: '@nestjs/core',
        place,
        detail,
      });
    }
  }
  const cors = member(bootstrap.options, 'cors');
  if (cors && !(cors.kind === 'literal' && !cors.value)) {
    const { place } = bootstrap;
    everywhere({ name: 'cors: true', kinds: ['cors'], library: '@nestjs/core', place, detail: {} });
  }
  return links;
}

function usedLinks(args: readonly Value[], place: Place): Link[] {
  const first = textOfValue(args[0])?.text;
  const prefix = first === undefined ? undefined : joinPath(first);
  const applied = (first === undefined ? args : args.slice(1)).flatMap(itemsOf);
  return applied.flatMap((value) => {
    const met = middlewareGuard(value, place, prefix === undefined ? 'app' : 'router');
    if (!met) return [];
    const guard = prefix === undefined ? met.guard : { ...met.guard, prefix };
    const below = prefix === undefined ? '' : joinPath(prefix, '*rest');
    return [
      { ...met, guard, applies: (_method, path) => prefix === undefined || covers(below, path) },
    ];
  });
}

const plugins: readonly [RegExp, GuardKind][] = [
  [/helmet$/, 'headers'],
  [/cors$/, 'cors'],
  [/rate-limit$/, 'ratelimit'],
  [/csrf/, 'csrf'],
  [/session$/, 'session'],
  [/cookie$/, 'cookies'],
  [/multipart$/, 'upload'],
  [/static$/, 'static'],
];

// Fastify's plugins are handed over, not called; their hooks run for every route.
function pluginLinks({ args: [plugin] }: CallValue, place: Place): Link[] {
  const root = plugin && rootOf(plugin);
  if (root?.kind !== 'external') return [];
  const kind = plugins.find(([pattern]) => pattern.test(root.from))?.[1];
  const kinds: readonly GuardKind[] = [kind ?? 'unknown'];
  const confidence = kind ? 'high' : 'low';
  const { from: library } = root;
  return [
    {
      guard: { name: library, kinds, library, scope: 'app', place, detail: {}, confidence },
      credentials: [],
      applies: () => true,
    },
  ];
}

function moduleLinks(app: Application, unresolved: Unresolved[]): Link[] {
  return readMiddleware(app, unresolved).flatMap((one) =>
    one.middleware.flatMap((value): Link[] => {
      const all =
        one.excluded.length === 0 && one.patterns.some((pattern) => covers(pattern.path, '/'));
      const met = middlewareGuard(value, one.place, all ? 'app' : 'router');
      if (!met) return [];
      const [pattern] = one.patterns;
      const guard = all || !pattern ? met.guard : { ...met.guard, prefix: pattern.path };
      return [
        {
          guard,
          credentials: met.credentials,
          applies: (method, _path, inner, controller) => runsBefore(one, method, inner, controller),
        },
      ];
    }),
  );
}

function middlewareGuard(
  value: Value,
  place: Place,
  scope: Guard['scope'],
): { guard: Guard; credentials: readonly Credential[] } | undefined {
  if (value.kind === 'literal' || (value.kind === 'object' && !value.of)) return undefined;
  const known = recognise(value);
  return {
    guard: {
      name: nameOfEnhancer(value),
      kinds: known?.kinds ?? ['unknown'],
      ...(known?.library === undefined ? {} : { library: known.library }),
      scope,
      place,
      detail: known?.detail ?? {},
      confidence: known?.confidence ?? 'low',
    },
    credentials: known?.credentials ?? [],
  };
}

function recognise(value: Value): Recognised | undefined {
  const own = classOf(value);
  if (own) {
    const use = own.node.body.body.find(
      (one) =>
        one.type === 'MethodDefinition' && one.key.type === 'Identifier' && one.key.name === 'use',
    );
    return use?.type === 'MethodDefinition' ? guardByBody(use.value, own.file.parsed) : undefined;
  }
  if (value.kind === 'function') return guardByBody(value.node, value.file.parsed);
  const root = rootOf(value);
  if (root.kind !== 'external') return undefined;
  const name = root.name === '*' ? 'default' : root.name.replace(/^(default|\*)\./, '');
  const call = value.kind === 'call' ? value : undefined;
  return call ? guardByLibrary(root.from, name, argumentNodes(call), call.file.parsed) : undefined;
}

function argumentNodes({ node }: CallValue) {
  return node.type === 'CallExpression' || node.type === 'NewExpression' ? node.arguments : [];
}
