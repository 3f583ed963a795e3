import { join } from '../../../languages/javascript/resolve.ts';
import { directoryMembers } from '../../../languages/javascript/run/files.ts';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import { getMember, setMember } from '../../../languages/javascript/run/members.ts';
import {
  type External,
  record,
  type Site,
  stringOf,
  undefinedValue,
  type Value,
} from '../../../languages/javascript/run/values.ts';

/**
 * `consign({ cwd: 'app' }).include('routes').then('jobs').into(app)`, and express-load: every file is called
 * with the application, and what it gives stands on the application under its own path.
 */
export function autoload(machine: Machine, chain: External, app: Value, site: Site): Value {
  const calls: External[] = [];
  for (let at: External | undefined = chain; at; at = at.base) if (at.made) calls.unshift(at);
  const base =
    calls.flatMap((one) =>
      optionsIn(one).flatMap((each) => stringOf(each.members.get('cwd')) ?? []),
    )[0] ?? '';
  for (const call of calls) {
    for (const one of call.args ?? []) {
      const name = stringOf(one);
      if (name === undefined) continue;
      const path = join('', `${base.replace(/^(?:process\.cwd\(\))?\/?/, '')}/${name}`);
      if (path === undefined) continue;
      if (call.path.at(-1) !== 'exclude')
        load(machine, path, name.replace(/^\.?\//, ''), app, site);
    }
  }
  return app;
}

function optionsIn(call: External): Extract<Value, { k: 'record' }>[] {
  return (call.args ?? []).filter((one) => one.k === 'record');
}

function load(machine: Machine, path: string, name: string, app: Value, site: Site): void {
  const { tree } = machine;
  const file = [path, `${path}.js`, `${path}.ts`].find((one) => tree.has(one));
  if (file) {
    const exported = machine.require('', `/${file}`);
    const made =
      exported.k === 'closure' || exported.k === 'class'
        ? machine.call(exported, [app], site)
        : exported;
    keep(machine, app, name.replace(/\.[cm]?[jt]s$/, '').split('/'), made);
    return;
  }
  for (const entry of directoryMembers(tree, path)) {
    if (entry.isFile && !/\.[cm]?[jt]s$/.test(entry.name)) continue;
    load(machine, entry.path, `${name}/${entry.name}`, app, site);
  }
}

function keep(
  machine: Machine,
  target: Value,
  [first, ...rest]: readonly string[],
  made: Value,
): void {
  if (first === undefined) return;
  if (rest.length === 0) {
    setMember(machine, target, first, made);
    return;
  }
  let inner = target.k === 'native' ? target.members.get(first) : getMember(machine, target, first);
  if (!inner || inner === undefinedValue || inner.k === 'unknown') {
    inner = record();
    setMember(machine, target, first, inner);
  }
  keep(machine, inner, rest, made);
}
