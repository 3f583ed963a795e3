import { textOf } from '../../../languages/javascript/parse.ts';
import { callValue } from '../../../languages/javascript/run/calls.ts';
import type { Host } from '../../../languages/javascript/run/host.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import {
  type External,
  external,
  native,
  primitive,
  record,
  type Site,
  stringOf,
  undefinedValue,
  type Value,
} from '../../../languages/javascript/run/values.ts';
import { autoload } from './autoload.ts';
import { decoratedCall } from './decorating.ts';
import { makeRouting, type Registry, unresolved } from './registration.ts';
import { routingOf, routingsIn } from './routing.ts';

const express = /^(?:express|express-async-errors\/express|ultimate-express|@types\/express)$/;
const routers =
  /^(?:express-promise-router|router|express-async-router|express-async-handler-router)$/;

// Packages that an application is handed to and that register nothing on it.
const harmless =
  /^(?:https?|http2|spdy|net|supertest.*|superagent|chai.*|light-my-request|socket\.io|ws|serverless-http|@vendia\/serverless-express|aws-serverless-express|@codegenie\/serverless-express|express-list-(?:endpoints|routes)|express-async-errors|stoppable|@godaddy\/terminus|http-(?:terminator|graceful-shutdown)|http-shutdown|greenlock.*|node:test|assert|portfinder|get-port|express-oas-generator|debug|pino|winston|util|firebase-functions.*|@google-cloud\/functions-framework|azure-.*|@sentry\/.*|newrelic|elastic-apm-node|dd-trace|nunjucks|hbs|express-handlebars|twig|ejs|swig|consolidate|cookie-parser|vhost|express-subdomain|pug|mustache-express|liquidjs|eta|@apollo\/server.*|i18n.*)$/;

/** What the reader knows of packages around Express. */
export function expressHost(registry: () => Registry, environment: Host['environment']): Host {
  let known: Value | undefined;
  return {
    packageValue: (name) => {
      if (express.test(name)) {
        known ??= expressPackage(registry);
        return known;
      }
      if (routers.test(name)) return routerFunction(registry);
      if (name === 'celebrate') return celebrate();
      return undefined;
    },
    externalCall: (callee, args, site, made) => externalCall(registry(), callee, args, site, made),
    escaped: (callee, args, site) => escaped(registry(), callee, args, site),
    exhausted: (path) => {
      // A long computation that has nothing to do with routes hides none.
      if (!touchesExpress(registry().machine.tree.read(path) ?? '')) return;
      registry().unresolved.push({
        what: 'a file that is too long to run',
        place: { file: path, line: 1 },
      });
    },
    ...(environment ? { environment } : {}),
  };
}

// Keys of celebrate's schemas are named by this enumeration.
function celebrate(): Value {
  const made = external('celebrate');
  const names = ['body', 'query', 'params', 'headers', 'cookies'];
  const members = names.map((name) => [name.toUpperCase(), primitive(name)] as const);
  made.members.set('Segments', record(members));
  return made;
}

function routerFunction(registry: () => Registry): Value {
  const make = (_args: readonly Value[], site: Site): Value =>
    makeRouting(registry(), 'router', site);
  const made = native('Router', make, { construct: make, get: () => undefined });
  for (const name of ['default', 'Router']) made.members.set(name, made);
  return made;
}

function expressPackage(registry: () => Registry): Value {
  const make = (_args: readonly Value[], site: Site): Value => makeRouting(registry(), 'app', site);
  const made = native('express', make, {
    // Body parsers and static files stay symbolic: what they are is told by their name.
    get: (name) => external('express', [name]),
  });
  made.members.set('Router', routerFunction(registry));
  made.members.set('default', made);
  made.members.set('express', made);
  return made;
}

function externalCall(
  registry: Registry,
  callee: External,
  args: readonly Value[],
  site: Site,
  _made: 'call' | 'new',
): Value | undefined {
  const decorated = decoratedCall(registry, callee, args, site);
  if (decorated) return decorated;
  const last = callee.path.at(-1);
  const app = args[0];
  if (callee.module === 'express-ws' && callee.path.length === 0 && routingOf(app)) {
    return record(
      [
        ['app', app!],
        ['getWss', native('getWss', () => undefinedValue)],
      ],
      true,
    );
  }
  if (last === 'applyMiddleware' && app?.k === 'record') return graphql(app, site);
  if (
    last === 'into' &&
    app &&
    routingOf(app) &&
    /^(?:consign|express-load)$/.test(callee.module)
  ) {
    return autoload(registry.machine, callee, app, site);
  }
  const wrapped = /^(?:tslib|@babel\/runtime.*)$/.test(callee.module);
  if (wrapped && args[0]) return args[0];
  if (/^(?:lodash|underscore)(?:\.|$)/.test(callee.module))
    return collection(registry.machine, last, args, site);
  return undefined;
}

// `server.applyMiddleware({ app, path })` of Apollo registers one route.
function graphql(given: Extract<Value, { k: 'record' }>, site: Site): Value | undefined {
  const app = given.members.get('app');
  const use = app?.k === 'native' ? app.get?.('use') : undefined;
  if (use?.k !== 'native') return undefined;
  const path = stringOf(given.members.get('path')) ?? '/graphql';
  const handler: Value = {
    ...external('apollo-server-express', ['applyMiddleware']),
    made: 'call',
    site,
  };
  use.call?.([primitive(path), handler], site, undefinedValue);
  return undefinedValue;
}

function collection(
  machine: Machine,
  name: string | undefined,
  [list, fn]: readonly Value[],
  site: Site,
): Value | undefined {
  if (!fn || !list || !/^(?:each|forEach|map|forOwn|forIn)$/.test(name ?? '')) return undefined;
  if (list.k === 'list') {
    for (const [index, one] of [...list.items].entries()) {
      callValue(machine, fn, [one, primitive(index)], site, undefinedValue);
    }
  } else if (list.k === 'record') {
    for (const [key, one] of [...list.members]) {
      callValue(machine, fn, [one, primitive(key)], site, undefinedValue);
    }
  } else return undefined;
  return list;
}

/** An application that goes where we cannot look is said, unless that place registers nothing. */
function escaped(registry: Registry, callee: Value, args: readonly Value[], site: Site): void {
  if (callee.k === 'external' && harmless.test(callee.module)) return;
  const touched = [...args, ...(callee.k === 'unknown' ? callee.of : [])].flatMap((one) =>
    one.k === 'external' ? [] : routingsIn(one),
  );
  if (touched.length === 0) return;
  const name = textOf(site.scope.module.parsed, site.node.callee).replace(/\s+/g, ' ').slice(0, 60);
  unresolved(
    registry,
    `${touched[0]!.kind === 'app' ? 'an application' : 'a router'} handed to ${name}(…)`,
    site,
  );
}

// What names neither the framework nor a router's words can only be reached by an import.
const words = /express|[rR]outer\b|\bapp\b/;

/** Whether a file may register routes, by its words. */
export function touchesExpress(text: string): boolean {
  return words.test(text);
}
