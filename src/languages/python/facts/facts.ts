import type { Project } from '../../../project/project.ts';
import type { Fact } from '../../../surface/facts.ts';
import { developmentOnly } from '../leaks.ts';
import { literalText } from '../literal.ts';
import { type PyNode, walk } from '../parse.ts';
import type { Run } from '../run.ts';
import { answer, call } from './calls.ts';
import { corsFacts } from './cors.ts';
import { logs } from './logs.ts';
import { assignment, compare } from './named.ts';
import type { Say } from './say.ts';
import { sessionFacts } from './sessions.ts';
import { sinks } from './sinks.ts';
import { sourceOf } from './source.ts';
import { decoratorsOf } from './taint.ts';
import { testCalls } from './tests.ts';

const registers = /\.(?:route|api_route|get|post|put|patch|delete)\(/;

/** Everything that the sources and manifests state about security, as neutral facts. */
export function pythonFacts(project: Project, run: Run, files: readonly string[]): Fact[] {
  const texts = files.map((file) => run.syntax(file)?.text ?? '');
  // A setting of FastAPI does nothing until something asks for it.
  const asksDebug =
    project.framework === 'flask' || texts.some((text) => /debug\s*=\s*[\w.]*debug/i.test(text));
  const comparesHashed = texts.some((text) => /\bPasswordType\(/.test(text));
  // Checked by the owner's own call, at its own moment.
  const protects = texts.some((text) => /\bcsrf\w*\.protect\(\)/.test(text));
  const facts = [
    ...dependencies(project),
    ...corsFacts(run),
    ...sessionFacts(run, files, project.framework),
    ...files.flatMap((file) => ofFile(project, run, file)),
  ];
  return facts.filter((fact) => {
    if (fact.kind === 'debug' && /^DEBUG/.test(fact.detail.what)) return asksDebug;
    if (fact.kind === 'csrf-off' && /CHECK_DEFAULT/.test(fact.detail.what)) return !protects;
    return !(fact.kind === 'password-plain' && comparesHashed);
  });
}

function dependencies(project: Project): Fact[] {
  return Object.entries(project.dependencies).map(([name, version]) => {
    const exact = /^==\s*([\w.]+)$|^([\d.]+)$/.exec(version);
    const detail = { name, version, exact: exact?.[1] ?? exact?.[2], ecosystem: 'pypi' as const };
    const place = { file: project.manifest, line: 1 };
    return { kind: 'dependency', detail, place, confidence: 'high' };
  });
}

function ofFile(project: Project, run: Run, file: string): Fact[] {
  const root = run.syntax(file);
  if (root === undefined) return [];
  const facts: Fact[] = [];
  const inDevelopment = developmentOnly(root);
  const say: Say = (kind, detail, node, confidence = 'high') => {
    if (inDevelopment.has(node) && /^(?:debug|listen|request-to-error|csrf-off)$/.test(kind))
      return;
    facts.push({ kind, detail, place: { file, line: node.line }, confidence } as Fact);
  };
  const source = sourceOf(run, file, root);
  const routed = new Set<PyNode | undefined>();
  let logged = false;
  for (const node of walk(root)) {
    if (node.type === 'decorated_definition') {
      const decorators = node.kids.filter((kid) => kid.type === 'decorator');
      const definition = node.field('definition');
      if (decorators.some((kid) => registers.test(kid.text))) routed.add(definition);
      if (definition !== undefined)
        decoratorsOf.set(definition, decorators.map((kid) => kid.text).join('\n'));
    }
    if (node.type === 'function_definition') {
      sinks(node, routed.has(node), project.framework === 'flask', say);
      testCalls(node, say);
    }
    if (node.type === 'return_statement' || node.type === 'raise_statement')
      answer(
        node,
        source.outside(node).some((one) => routed.has(one)),
        say,
        source,
      );
    if (node.type === 'call') {
      call(node, say, source);
      if (!logged) logged = logs(node, say, source);
    } else if (node.type === 'assignment')
      assignment(node.field('left')?.text ?? '', node.field('right'), node, say, source);
    else if (node.type === 'pair' || node.type === 'keyword_argument') {
      const key = node.field('key') ?? node.field('name');
      assignment(literalText(key) ?? key?.text ?? '', node.field('value'), node, say, source);
    } else if (node.type === 'comparison_operator') compare(node, say);
  }
  return facts;
}
