import { type Node, walk } from '../../../languages/javascript/parse.ts';
import type { Place } from '../../../surface/surface.ts';
import { configuration } from './config.ts';
import { evaluate, type Machine, machine } from './evaluate.ts';
import { execute, instanceOf, run } from './execute.ts';
import { type Program, placeOf, resolveImport, type SourceFile } from './program.ts';
import { type CallValue, type FunctionNode, isExternal, type Value } from './values.ts';

/** One `NestFactory.create`, and every call that concerns the application that it made, in order. */
export interface Bootstrap {
  module: Value;
  options: Value | undefined;
  /** `fastify` as soon as its adapter is handed over. */
  platform: 'express' | 'fastify';
  place: Place;
  call: CallValue;
  calls: {
    name: string;
    receiver: string;
    args: readonly Value[];
    call: CallValue;
    place: Place;
  }[];
}

const core = /^@nestjs\/core$/;

/** Runs every file that makes an application, as far as it can be run on paper. */
export function readBootstraps(program: Program, entry: string | undefined): Bootstrap[] {
  const made = new Map<Node, Bootstrap>();
  const sites = creationSites(program);
  const starts = startFiles(program, sites, entry);
  for (const file of starts) {
    if ([...sites.keys()].every((node) => made.has(node))) break;
    const m = listener(program, made);
    execute(m, file.parsed.program.body, file.scope, []);
  }
  for (const [node, { file, enclosing }] of sites) {
    if (made.has(node)) continue;
    const m = listener(program, made);
    const fn = enclosing && evaluate(m, enclosing, file.scope);
    if (fn?.kind === 'function') run(m, fn, []);
    else evaluate(m, node, file.scope);
  }
  return [...made.values()];
}

interface Site {
  file: SourceFile;
  enclosing: FunctionNode | undefined;
}

function creationSites(program: Program): Map<Node, Site> {
  const sites = new Map<Node, Site>();
  for (const file of program.files.values()) {
    if (!file.parsed.text.includes('NestFactory')) continue;
    walk(file.parsed.program, (node, parents) => {
      if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
      const { object, property } = node.callee;
      if (object.type !== 'Identifier' || object.name !== 'NestFactory') return;
      if (property.type !== 'Identifier' || property.name !== 'create') return;
      const enclosing = parents.find(isFunction);
      sites.set(node, { file, enclosing });
    });
  }
  return sites;
}

function isFunction(node: Node): node is FunctionNode {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/** The entry, the files that create an application, and those that import one of them. */
function startFiles(
  program: Program,
  sites: ReadonlyMap<Node, Site>,
  entry: string | undefined,
): SourceFile[] {
  const creating = new Set([...sites.values()].map((site) => site.file));
  const first = entry === undefined ? undefined : program.files.get(entry);
  const through = withBarrels(program, creating);
  const importing = [...program.files.values()].filter((file) =>
    [...file.imports.values()].some(({ from }) => {
      const target = resolveImport(program, file.path, from);
      return target !== undefined && target !== file && through.has(target);
    }),
  );
  const ordered = [...creating].sort((one, other) => depth(one) - depth(other));
  return [...new Set([...(first ? [first] : []), ...importing, ...ordered])];
}

// The files themselves, and those that hand on what they export.
function withBarrels(program: Program, files: ReadonlySet<SourceFile>): Set<SourceFile> {
  const through = new Set(files);
  for (const one of through) {
    for (const file of program.files.values()) {
      if (through.has(file)) continue;
      const from = [...file.exports.values()].flatMap((each) =>
        'from' in each ? [each.from] : [],
      );
      const handsOn = [...file.stars, ...from].some(
        (specifier) => resolveImport(program, file.path, specifier) === one,
      );
      if (handsOn) through.add(file);
    }
  }
  return through;
}

function depth(file: SourceFile): number {
  return (/(^|\/)main\.[cm]?[jt]s$/.test(file.path) ? 0 : 100) + file.path.split('/').length;
}

function listener(program: Program, made: Map<Node, Bootstrap>): Machine {
  const byCall = new Map<Value, Bootstrap>();
  const configured = configuration(program);
  const owner = (value: Value): Bootstrap | undefined => {
    const found = byCall.get(value);
    if (found) return found;
    if (value.kind === 'member') return owner(value.of);
    return value.kind === 'call' ? owner(value.callee) : undefined;
  };
  const m = machine(program, {
    answer: (call) => configured(call) ?? fromContainer(m, call, owner),
    onCall: (call) => {
      if (isExternal(call.callee, core, 'NestFactory.create')) {
        if (made.has(call.node)) return;
        const fresh = begin(call);
        made.set(call.node, fresh);
        byCall.set(call, fresh);
        return;
      }
      const target = owner(call.callee) ?? call.args.map(owner).find((one) => one !== undefined);
      if (!target) return;
      const name = nameOfCall(call.callee);
      const receiver = call.callee.kind === 'member' ? nameOfCall(call.callee.of) : '';
      const place = placeOf(call.file, call.node);
      target.calls.push({ name, receiver, args: call.args, call, place });
    },
  });
  // An honest bootstrap reads its configuration first, which may be long.
  m.budget = 1_000_000;
  return m;
}

function nameOfCall(callee: Value): string {
  if (callee.kind === 'member' || callee.kind === 'external') return callee.name;
  return callee.kind === 'call' ? nameOfCall(callee.callee) : '';
}

// `app.get(ConfigService)`, `app.select(Module).get(Service)`: an instance of what was asked for.
function fromContainer(
  m: Machine,
  call: CallValue,
  owner: (value: Value) => Bootstrap | undefined,
): Value | undefined {
  const { callee, args } = call;
  if (callee.kind !== 'member' || !/^(get|resolve)$/.test(callee.name) || !owner(callee.of)) {
    return undefined;
  }
  const [wanted] = args;
  if (wanted?.kind !== 'class' && wanted?.kind !== 'external') return undefined;
  return instanceOf(m, wanted);
}

function begin(call: CallValue): Bootstrap {
  const [module, second, third] = call.args;
  const adapter = second?.kind === 'call' && second.isNew;
  const options = adapter ? third : second;
  const fastify = adapter && /fastify/i.test(nameOfCall(second.callee));
  return {
    module: module ?? { kind: 'unknown' },
    options,
    platform: fastify ? 'fastify' : 'express',
    place: placeOf(call.file, call.node),
    call,
    calls: [],
  };
}

/** Arguments of every call of a name, in order. */
export function callsOf(bootstrap: Bootstrap, ...names: readonly string[]): Bootstrap['calls'] {
  return bootstrap.calls.filter((call) => names.includes(call.name));
}
