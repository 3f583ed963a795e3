import { walk } from '../../../languages/javascript/parse.ts';
import { evaluate, type Machine, machine } from './evaluate.ts';
import { run } from './execute.ts';
import type { Program } from './program.ts';
import {
  type CallValue,
  isExternal,
  itemsOf,
  known,
  member,
  type ObjectValue,
  options,
  textOfValue,
  type Value,
} from './values.ts';

const nestConfig = /^@nestjs\/config$/;

/** What `ConfigService.get(key)` gives: namespaces, load functions and the example environment. */
export function configuration(program: Program): (call: CallValue) => Value | undefined {
  let store: ObjectValue | undefined;
  return (call) => {
    const { callee, args } = call;
    if (callee.kind !== 'member' || !/^get(OrThrow)?$/.test(callee.name)) return undefined;
    if (!isConfigService(callee.of)) return undefined;
    const key = textOfValue(args[0])?.text;
    if (key === undefined) return undefined;
    store ??= readStore(program);
    const found = at(store, key) ?? environmentValue(program, key);
    if (found && found.kind !== 'unknown') return found;
    return args[1]?.kind === 'literal' ? { ...args[1], sure: false } : undefined;
  };
}

function isConfigService(value: Value): boolean {
  return options(value).some(
    (one) =>
      one.kind === 'member' &&
      one.name === 'instance' &&
      isExternal(one.of, nestConfig, 'ConfigService'),
  );
}

function environmentValue(program: Program, key: string): Value | undefined {
  const set = program.environment.get(key);
  return set === undefined || set === '' ? undefined : known(set, false);
}

function at(store: ObjectValue, key: string): Value | undefined {
  let value: Value | undefined = store;
  for (const part of key.split('.')) value = member(value, part);
  return value;
}

function readStore(program: Program): ObjectValue {
  const store: ObjectValue = { kind: 'object', members: new Map(), open: true };
  const m = machine(program);
  for (const file of program.files.values()) {
    if (!/registerAs|ConfigModule/.test(file.parsed.text)) continue;
    walk(file.parsed.program, (node) => {
      if (node.type !== 'CallExpression') return;
      const callee = evaluate(m, node.callee, file.scope);
      if (isExternal(callee, nestConfig, 'registerAs')) {
        const [name, make] = node.arguments.map((one) => evaluate(m, one, file.scope));
        const key = textOfValue(name)?.text;
        if (key !== undefined && make) store.members.set(key, made(m, make));
      }
      if (isExternal(callee, nestConfig, 'ConfigModule.forRoot')) {
        const load = member(evaluate(m, node.arguments[0], file.scope), 'load');
        for (const one of itemsOf(load)) merge(store, made(m, one));
      }
    });
  }
  return store;
}

function made(m: Machine, value: Value): Value {
  return value.kind === 'function' ? run(m, value, []) : value;
}

function merge(store: ObjectValue, value: Value): void {
  for (const one of options(value)) {
    if (one.kind !== 'object') continue;
    for (const [name, part] of one.members)
      if (!store.members.has(name)) store.members.set(name, part);
  }
}
