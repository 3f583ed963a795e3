import type { Project } from '../../../project/project.ts';
import type { Fact } from '../../../surface/facts.ts';
import { literalText } from '../literal.ts';
import { type PyNode, walk } from '../parse.ts';
import type { Run } from '../run.ts';
import { answer, call } from './calls.ts';
import { assignment, compare } from './named.ts';
import type { Say } from './say.ts';
import { tainted } from './taint.ts';
import { testCalls } from './tests.ts';

const registers = /\.(?:route|api_route|get|post|put|patch|delete)\(/;

/** Everything that the sources and manifests state about security, as neutral facts. */
export function pythonFacts(project: Project, run: Run, files: readonly string[]): Fact[] {
  const facts: Fact[] = [];
  for (const [name, version] of Object.entries(project.dependencies)) {
    const exact = /^==\s*([\w.]+)$|^([\d.]+)$/.exec(version);
    const detail = { name, version, exact: exact?.[1] ?? exact?.[2], ecosystem: 'pypi' as const };
    facts.push({
      kind: 'dependency',
      detail,
      place: { file: project.manifest, line: 1 },
      confidence: 'high',
    });
  }
  for (const file of files) {
    const root = run.syntax(file);
    if (root === undefined) continue;
    const say: Say = (kind, detail, node) => {
      facts.push({ kind, detail, place: { file, line: node.line }, confidence: 'high' } as Fact);
    };
    const around = names(root);
    const routed = new Set<PyNode | undefined>();
    for (const node of walk(root)) {
      if (
        node.type === 'decorated_definition' &&
        node.kids.some((kid) => kid.type === 'decorator' && registers.test(kid.text))
      )
        routed.add(node.field('definition'));
      if (node.type === 'function_definition') {
        tainted(node, routed.has(node), say);
        testCalls(node, say);
      }
      if (node.type === 'return_statement' || node.type === 'raise_statement') answer(node, say);
      if (node.type === 'call') call(node, say, () => around(node));
      else if (node.type === 'assignment')
        assignment(node.field('left')?.text ?? '', node.field('right'), node, say, () =>
          around(node),
        );
      else if (node.type === 'pair' || node.type === 'keyword_argument') {
        const key = node.field('key') ?? node.field('name');
        assignment(literalText(key) ?? key?.text ?? '', node.field('value'), node, say, () =>
          around(node),
        );
      } else if (node.type === 'comparison_operator') compare(node, say);
    }
  }
  return facts;
}

/** What stands around a node: the names of its functions and classes, and its statement. */
function names(root: PyNode): (node: PyNode) => string {
  const all = [...walk(root)].filter((one) =>
    /^(?:function_definition|class_definition|expression_statement|return_statement)$/.test(
      one.type,
    ),
  );
  return (node) =>
    all
      .filter((one) => one.start <= node.start && one.end >= node.end)
      .map((one) => one.field('name')?.text ?? one.text)
      .join(' ');
}
