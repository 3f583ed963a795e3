'use strict';
// Loaded before the application (`node --require ./table.cjs dist/main.js`): its modules are scanned in preview
// mode, so that nothing of it is instantiated; the route table is printed as one JSON line and the process ends.
// No port is opened, and no database is asked.

const { writeSync } = require('node:fs');
const { createRequire } = require('node:module');
const net = require('node:net');
const { dirname, resolve } = require('node:path');
const { locate } = require('../../javascript/live/places.cjs');

/** How long the process may take until its first application listens, in milliseconds. */
const patience = Number(process.env.SECURE_LIVE_WAIT_MS) || 20_000;

/** How long a bootstrap may take from one application to the next. */
const settle = 500;

const served = [];
let ending;
let printed = false;

const core = ofTheApplication('@nestjs/core');
const factory = Object.getPrototypeOf(core.NestFactory);
const create = factory.create;

// GraphQL's module asks to be made even in preview, from a configuration that is not there.
if (core.NestContainer) {
  const made = core.NestContainer.prototype.shouldInitOnPreview;
  core.NestContainer.prototype.shouldInitOnPreview = function shouldInitOnPreview(type) {
    return type?.name === 'InternalCoreModule' && made.call(this, type);
  };
}

setTimeout(() => fail(new Error('it did not listen')), patience).unref();
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.on('exit', (code) => {
  if (!printed) fail(new Error(`it ended with ${code}`));
});

factory.create = async function preview(module, adapterOrOptions, options) {
  clearTimeout(ending);
  const adapter = adapterOrOptions && typeof adapterOrOptions.getHttpServer === 'function';
  const asked = {
    ...(adapter ? options : adapterOrOptions),
    preview: true,
    snapshot: true,
    logger: false,
    abortOnError: false,
  };
  const args = adapter ? [module, adapterOrOptions, asked] : [module, asked];
  const app = await create.apply(core.NestFactory, args);
  let initialised;
  const ready = async () => {
    initialised ??= prepared(app);
    served.push(...(await initialised).splice(0));
    clearTimeout(ending);
    ending = setTimeout(() => print({ routes: served }), settle);
  };
  return new Proxy(app, {
    get(target, name, receiver) {
      if (name === 'listen' || name === 'listenAsync') return () => ready().then(stub, fail);
      // A bootstrap with servers of its own, or none, only asks for this.
      if (name === 'init') return () => ready().then(() => receiver, fail);
      if (name === 'getUrl') return async () => 'http://127.0.0.1';
      // What the bootstrap takes from the container is not there; it may still be called.
      if (name === 'get' || name === 'resolve') return () => stub();
      if (name === 'connectMicroservice' || name === 'startAllMicroservices') return () => stub();
      const value = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...given) => {
        const result = value.apply(target, given);
        return result === target ? receiver : result;
      };
    },
  });
};

// Servers that the bootstrap makes itself stay closed as well.
net.Server.prototype.listen = function listenToNobody(...args) {
  const callback = args.findLast((one) => typeof one === 'function');
  if (callback) this.once('listening', callback);
  setImmediate(() => this.emit('listening'));
  return this;
};

async function prepared(app) {
  restorePrefixes(app);
  await app.init();
  return rows(app);
}

/** In preview mode the RouterModule is never constructed, and its constructor is what sets the prefixes. */
function restorePrefixes(app) {
  const modules = app.container.getModules();
  for (const { metatype, providers } of modules.values()) {
    if (metatype !== core.RouterModule) continue;
    for (const { token, instance } of providers.values()) {
      if (Array.isArray(instance) && token !== metatype) new core.RouterModule(modules, instance);
    }
  }
}

function rows(app) {
  const graph = app.container.serializedGraph ?? app.get(core.SerializedGraph);
  const found = [];
  for (const entries of graph.entrypoints.values()) {
    for (const entry of entries) {
      if (entry.type !== 'http-endpoint') continue;
      const { className, methodName, metadata } = entry;
      found.push({
        method: metadata.requestMethod,
        path: metadata.path,
        ...marks(controllerOf(app, entry.classNodeId), className, methodName),
      });
    }
  }
  return found;
}

function controllerOf(app, classNodeId) {
  for (const { controllers } of app.container.getModules().values()) {
    for (const { id, metatype } of controllers.values()) {
      if (id === classNodeId && metatype) return metatype;
    }
  }
  return undefined;
}

/** Where a route is handled, and what its class and its method are marked with that can refuse a caller. */
function marks(controller, className, methodName) {
  const method = controller?.prototype[methodName];
  const keys = ['__guards__', '__interceptors__', '__pipes__'];
  const bound = [controller, method]
    .filter(Boolean)
    .flatMap((target) => keys.flatMap((key) => Reflect.getMetadata(key, target) ?? []));
  return {
    handler: { name: `${className}.${methodName}`, place: locate(controller) ?? locate(method) },
    guards: bound.flatMap(namesOf),
  };
}

/** The name of a class as it is written, because Nest's `mixin` gives it a random one, and of those that it extends. */
function namesOf(bound) {
  const own = typeof bound === 'function' ? bound : bound.constructor;
  if (typeof own !== 'function' || own === Function.prototype) return [];
  const written = /^(?:class|function)\s+(\w+)/.exec(Function.prototype.toString.call(own))?.[1];
  // Passport's `AuthGuard(…)` gives a `MixinAuthGuard`.
  const name = (written ?? own.name).replace(/^Mixin(?=[A-Z])/, '');
  const above = Object.getPrototypeOf(own);
  return [name, ...(above === null ? [] : namesOf(above))];
}

/** Answers every call and every member with itself; as a text or a number it is empty. */
function stub() {
  const self = new Proxy(() => undefined, {
    get: (_target, name) => {
      if (name === 'then') return undefined;
      if (name === Symbol.toPrimitive) return () => '';
      return self;
    },
    apply: () => self,
  });
  return self;
}

function ofTheApplication(name) {
  for (const from of [process.cwd(), dirname(process.argv[1] ?? '')]) {
    const load = createRequire(resolve(from, 'package.json'));
    try {
      load('reflect-metadata');
      return load(name);
    } catch {
      // A member of a monorepo may have its packages elsewhere.
    }
  }
  return fail(new Error(`${name} is not installed`));
}

function print(table) {
  if (printed) return;
  printed = true;
  writeSync(1, `\n${JSON.stringify({ live: 'nestjs', ...table })}\n`);
  process.exit(0);
}

function fail(error) {
  if (served.length > 0) return print({ routes: served });
  return print({ error: String(error?.message ?? error).split('\n')[0] });
}
