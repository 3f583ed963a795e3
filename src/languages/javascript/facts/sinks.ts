import type { FactDetails } from '../../../surface/facts.ts';
import type { Confidence } from '../../../surface/surface.ts';
import type { Node } from '../parse.ts';
import { answersOf, nestRedirect } from './echoes.ts';
import { optionsOf } from './options.ts';
import { files, outbound } from './reaching.ts';
import { tainted } from './requests.ts';
import { brief, isFrom, type Origin, originOf, type Say, type Source } from './source.ts';
import { isTested } from './tested.ts';
import { calleeText, flagValue } from './values.ts';

type Sink = FactDetails['sink']['what'];
type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

/** Dangerous uses of request data. */
export function sinkFacts(node: Node, source: Source, say: Say): void {
  if (node.type === 'ReturnStatement') nestRedirect(node, source, say);
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
  const tell = (what: Sink, of: Node, confidence: Confidence = 'high'): void =>
    say('sink', { what, source: brief(of, source) }, node, confidence);
  const origin = originOf(node.callee, source);
  const name = calleeText(node.callee);
  const method = name.split('.').at(-1) ?? '';
  const [first] = node.arguments;
  code(node, origin, name, source, tell);
  answersOf(node, method, source, tell);
  if (first === undefined) return;
  files(node, origin, method, source, tell);
  outbound(node, origin, name, source, tell);
  if (
    isFrom(
      origin,
      /^(?:ejs|pug|jade|handlebars|nunjucks|mustache|lodash|dot|eta|hbs)$/,
      /^(?:render|compile|renderString|template|renderStringAsync)$/,
    )
  ) {
    if (tainted(first, source)) tell('template', first);
  }
  if (
    isFrom(
      origin,
      /^(?:node-serialize|serialize-to-js|funcster)$/,
      /^(?:unserialize|deserialize|deepDeserialize)$/,
    ) ||
    isFrom(origin, /^v8$/, /^deserialize$/)
  ) {
    if (tainted(first, source)) tell('deserialise', first);
  }
  unpacks(node, origin, name, source, tell);
  if (name === 'RegExp' && tainted(first, source) && !isTested(first, source))
    tell('regex', first, 'medium');
}

/** YAML that makes objects, and XML that fetches what it names. */
function unpacks(
  node: Call,
  origin: Origin | undefined,
  name: string,
  source: Source,
  tell: Tell,
): void {
  const [first, second] = node.arguments;
  if (!first || !tainted(first, source)) return;
  const yaml = source.world.project?.dependencies['js-yaml'] ?? '';
  // js-yaml 4 makes no objects of classes.
  const old = isFrom(origin, /^js-yaml$/, /^load$/) && !/^[\^~>=\s]*[4-9]/.test(yaml);
  const entities =
    /^(?:\w+\.)*parseXml(?:String)?$/.test(name) && optionsOf(second, source).get('noent');
  if (old || isFrom(origin, /^js-yaml$/, /^unsafeLoad$/)) tell('deserialise', first);
  else if (entities && flagValue(entities.node, entities.source) !== false)
    tell('deserialise', first);
}

function code(
  node: Call,
  origin: Origin | undefined,
  name: string,
  source: Source,
  tell: Tell,
): void {
  const [first] = node.arguments;
  const hit = node.arguments.find((one) => tainted(one, source));
  if (
    hit &&
    (/^(?:eval|Function|require)$/.test(name) ||
      isFrom(origin, /^(?:vm|vm2)$/, /run|compile|Script/))
  )
    tell('eval', hit);
  if (
    /^set(?:Timeout|Interval)$/.test(name) &&
    first &&
    (first.type === 'MemberExpression' || first.type === 'TemplateLiteral') &&
    tainted(first, source)
  ) {
    tell('eval', first);
  }
  const shell =
    isFrom(origin, /^child_process$/, /^exec(?:Sync)?$/) || isFrom(origin, /^shelljs$/, /^exec$/);
  if (shell && first && tainted(first, source)) tell('command', first);
  if (isFrom(origin, /^child_process$/, /^(?:spawn|execFile)(?:Sync)?$/)) {
    const shelled = optionsOf(node.arguments[2] ?? node.arguments[1], source).get('shell');
    const program = first && tainted(first, source) && !isTested(first, source);
    if (program || (shelled && flagValue(shelled.node, shelled.source) !== false && hit))
      tell('command', hit ?? first!);
  }
}

export type Tell = (what: Sink, of: Node, confidence?: Confidence) => void;
