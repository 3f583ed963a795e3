'use strict';
// Loaded before the application (`node --require …`): it notes every registration on the application's own
// copy of Express, keeps its servers on the loopback interface, prints the route table as one JSON line
// and ends the process. Nothing of the application is sent anywhere.

const { writeSync } = require('node:fs');
const Module = require('node:module');
const net = require('node:net');
const { join, sep } = require('node:path');
const { local, locate } = require('../../javascript/live/places.cjs');

/** How long an application that never listens may take, in milliseconds. */
const patience = Number(process.env.SECURE_LIVE_WAIT_MS) || 20_000;
/** Routes may be added in the turn in which a server starts to listen. */
const settle = 150;

const layersOf = new WeakMap();
const apps = new Set();
const mounted = new WeakSet();
const patched = new WeakSet();
let quiet = 0;
let listened = false;
let printed = false;

function layers(router) {
  if (!layersOf.has(router)) layersOf.set(router, []);
  return layersOf.get(router);
}

/** The router of an application; `app.router` of Express 4 throws. */
function routerOf(app) {
  if (app._router) return app._router;
  try {
    return typeof app.router === 'function' ? app.router : undefined;
  } catch {
    return undefined;
  }
}

function isApp(value) {
  return (
    typeof value === 'function' &&
    typeof value.handle === 'function' &&
    typeof value.set === 'function'
  );
}

function isRouter(value) {
  return (
    typeof value === 'function' && typeof value.handle === 'function' && Array.isArray(value.stack)
  );
}

function isPath(value) {
  if (typeof value === 'string' || value instanceof RegExp) return true;
  return Array.isArray(value) && value.length > 0 && value.every(isPath);
}

function shown(path) {
  return path instanceof RegExp ? `/${path.source}/${path.flags}` : String(path);
}

function pathsOf(path) {
  return [path].flat(Infinity).map(shown);
}

/** File and line of the first frame that is the application's own. */
function caller() {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 40;
  const { stack } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  for (const line of String(stack).split('\n').slice(1)) {
    const found = /\(?((?:file:\/\/)?\/?[^()]+):(\d+):\d+\)?$/.exec(
      line.trim().replace(/^at (?:async )?/, ''),
    );
    if (!found || line.includes(__filename) || line.includes(`${sep}node_modules${sep}`)) continue;
    const file = found[1].replace(/^.*\(/, '');
    if (file.startsWith('node:')) continue;
    return { file: local(file), line: Number(found[2]) };
  }
  return undefined;
}

/** Replaces a function by one that calls it and then tells what happened. */
function after(object, name, note) {
  const original = object?.[name];
  if (typeof original !== 'function' || patched.has(original)) return;
  const replaced = {
    [name](...args) {
      const result = original.apply(this, args);
      if (quiet === 0) note(this, args, result);
      return result;
    },
  }[name];
  patched.add(replaced);
  object[name] = replaced;
}

/** The same, with everything that happens inside left out. */
function around(object, name, note) {
  const original = object?.[name];
  if (typeof original !== 'function' || patched.has(original)) return;
  const replaced = {
    [name](...args) {
      quiet += 1;
      try {
        return original.apply(this, args);
      } finally {
        quiet -= 1;
        if (quiet === 0) note(this, args);
      }
    },
  }[name];
  patched.add(replaced);
  object[name] = replaced;
}

const routes = new WeakMap();

function patch(express) {
  if (!express || typeof express !== 'function' || !express.application || !express.Router) return;
  if (patched.has(express)) return;
  patched.add(express);
  const { application, Router, Route } = express;
  // Express 4 keeps a router's methods on the function itself, Express 5 on its prototype.
  const proto = typeof Router.use === 'function' ? Router : Router.prototype;
  after(application, 'init', (app) => apps.add(app));
  after(proto, 'route', (router, [path], route) =>
    routes.set(route, { router, paths: pathsOf(path) }),
  );
  after(proto, 'use', (router, args) => mount(router, args));
  around(application, 'use', (app, args) => {
    const router = routerOf(app);
    if (router) mount(router, args);
  });
  around(application, 'all', (app, [path, ...handlers]) => {
    const router = routerOf(app);
    if (router) add({ router, paths: pathsOf(path) }, 'ALL', handlers);
  });
  for (const name of Object.keys(Route.prototype)) {
    if (name.startsWith('_') || name === 'dispatch' || name === 'constructor') continue;
    after(Route.prototype, name, (route, handlers) => {
      const known = routes.get(route);
      if (known) add(known, name.toUpperCase(), handlers);
    });
  }
}

function mount(router, args) {
  const [first, ...rest] = args;
  const paths = isPath(first) ? pathsOf(first) : ['/'];
  const handlers = (isPath(first) ? rest : args).flat(Infinity);
  for (const target of handlers) {
    if (!isApp(target) && !isRouter(target)) continue;
    mounted.add(target);
    layers(router).push({ paths, target });
  }
}

function add({ router, paths }, method, handlers) {
  const handler = handlers.flat(Infinity).at(-1);
  layers(router).push({ paths, method, handler, place: caller() });
}

function below(prefix, path) {
  if (path === '/' || path === '') return prefix === '' ? '/' : prefix;
  return `${prefix}${path.startsWith('/') || path.startsWith('{') ? path : `/${path}`}`;
}

function collect(router, prefix, trail, rows) {
  if (!router || trail.includes(router)) return;
  for (const layer of layers(router)) {
    for (const path of layer.paths) {
      if (layer.target) {
        const inner = isApp(layer.target) ? routerOf(layer.target) : layer.target;
        collect(inner, below(prefix, path).replace(/\/+$/, ''), [...trail, router], rows);
        continue;
      }
      rows.push({
        method: layer.method,
        path: below(prefix, path),
        place: layer.place,
        handler: { name: layer.handler?.name || undefined, place: locate(layer.handler) },
      });
    }
  }
}

function print(error) {
  if (printed) return;
  printed = true;
  const rows = [];
  for (const app of apps) if (!mounted.has(app)) collect(routerOf(app), '', [], rows);
  const why = listened ? undefined : (error ?? (rows.length === 0 && 'it made no application'));
  const line = {
    live: 'express',
    listened,
    ...(why ? { error: String(why.message ?? why) } : {}),
    routes: rows,
  };
  writeSync(1, `\n${JSON.stringify(line)}\n`);
}

function finish(error) {
  print(error);
  process.exit(0);
}

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function listenOnLoopback(...args) {
  const callback = args.findLast((one) => typeof one === 'function');
  this.once('listening', () => {
    listened = true;
    setTimeout(finish, settle);
  });
  return listen.call(this, { host: '127.0.0.1', port: 0 }, callback);
};

process.on('exit', (code) => print(code ? new Error(`it ended with ${code}`) : undefined));
process.on('beforeExit', () => finish());
process.on('uncaughtException', finish);
// A database that is not there may end a promise while routes are still added.
process.on('unhandledRejection', (error) => setTimeout(() => finish(error), settle));
setTimeout(() => finish(new Error('it did not listen')), patience).unref();

const { _load } = Module;
Module._load = function load(request, ...rest) {
  const loaded = _load.call(this, request, ...rest);
  // Express is a function; another module may throw at a name that it does not know.
  if (typeof loaded === 'function' && loaded.application) patch(loaded);
  return loaded;
};

// An ES module's import does not pass the loader above, but it shares the loaded copy.
for (const from of new Set([
  process.cwd(),
  process.argv[1] ? join(process.argv[1], '..') : process.cwd(),
])) {
  try {
    patch(Module.createRequire(join(from, 'package.json'))('express'));
  } catch {
    // The application has its Express elsewhere; the loader above meets it there.
  }
}
