import {
  type Class,
  type External,
  native,
  optionsOf,
  record,
  type Site,
  stringOf,
  undefinedValue,
  type Value,
} from '../../../languages/javascript/run/values.ts';
import { addDecorated, classesIn, classesOf, decorating } from './decorated.ts';
import { makeRouting, type Registry } from './registration.ts';
import { type Routing, routingOf } from './routing.ts';

/** What a package that makes routes of decorated classes gives for a call; `undefined` for other calls. */
export function decoratedCall(
  registry: Registry,
  callee: External,
  args: readonly Value[],
  site: Site,
): Value | undefined {
  const last = callee.path.at(-1);
  const [first, second] = args;
  // The file that tsoa generates is not in the repository.
  const generated = last === 'RegisterRoutes' && /^[.#/]/.test(callee.module);
  if (!generated && !decorating.test(callee.module)) return undefined;
  if (last === 'createExpressServer') {
    const app = makeRouting(registry, 'app', site);
    take(registry, routingOf(app), first);
    return app;
  }
  if (generated || last === 'useExpressServer') {
    if (!routingOf(first)) return undefined;
    take(registry, routingOf(first), second);
    return first;
  }
  if (last === 'InversifyExpressServer') return inversify(registry, args, site);
  return last === 'Server' ? overnight(registry, site) : undefined;
}

function take(registry: Registry, routing: Routing | undefined, options: Value | undefined): void {
  if (!routing) return;
  const given = options?.k === 'record' ? options : undefined;
  const classes = classesIn(given?.members.get('controllers')) ?? everyClass(registry);
  const prefix = stringOf(given?.members.get('routePrefix')) ?? '';
  addDecorated(registry.machine, routing, classes, prefix);
}

/** A list that is not known, or a search on the disk, takes every decorated class of the project. */
function everyClass({ machine, sources }: Registry): Class[] {
  return sources
    .filter((path) => /@\w+\(/.test(machine.tree.read(path) ?? ''))
    .flatMap((path) => classesOf(machine, path));
}

function inversify(registry: Registry, args: readonly Value[], site: Site): Value {
  const app = makeRouting(registry, 'app', site);
  const options = args[2]?.k === 'record' ? args[2] : undefined;
  const prefix = stringOf(options?.members.get('rootPath')) ?? '';
  const self = record([], true);
  const later: Value[] = [];
  const member = (name: string, call: (given: readonly Value[]) => Value): void => {
    self.members.set(name, native(name, call));
  };
  member('setConfig', ([fn]) => {
    if (fn) registry.machine.call(fn, [app], site);
    return self;
  });
  member('setErrorConfig', ([fn]) => {
    if (fn) later.push(fn);
    return self;
  });
  member('build', () => {
    const routing = routingOf(app);
    if (routing) addDecorated(registry.machine, routing, everyClass(registry), prefix);
    for (const fn of later) registry.machine.call(fn, [app], site);
    return app;
  });
  return self;
}

/** `class App extends Server` of Overnight holds its application. */
function overnight(registry: Registry, site: Site): Value {
  const app = makeRouting(registry, 'app', site);
  const addControllers = native('addControllers', ([given]) => {
    const items = given?.k === 'list' ? given.items : given ? [given] : [];
    const classes = items.flatMap((one) =>
      optionsOf(one).flatMap((each) =>
        each.k === 'record' && each.proto?.k === 'class' ? [each.proto] : [],
      ),
    );
    const routing = routingOf(app);
    if (routing)
      addDecorated(
        registry.machine,
        routing,
        classes.length > 0 ? classes : everyClass(registry),
        '',
      );
    return undefinedValue;
  });
  return record(
    [
      ['app', app],
      ['addControllers', addControllers],
    ],
    true,
  );
}
