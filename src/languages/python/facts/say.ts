import type { FactDetails, FactKind } from '../../../surface/facts.ts';
import type { Confidence } from '../../../surface/surface.ts';
import type { PyNode } from '../parse.ts';

/** States a fact of the file that is read, at the line of a node. */
export type Say = <K extends FactKind>(
  kind: K,
  detail: FactDetails[K],
  node: PyNode,
  sure?: Confidence,
) => void;

/** The value of a call's keyword argument. */
export function keyword(node: PyNode, name: string): PyNode | undefined {
  return node
    .field('arguments')
    ?.kids.find((one) => one.type === 'keyword_argument' && one.field('name')?.text === name)
    ?.field('value');
}

/** Arguments without a name, in their order. */
export function positional(node: PyNode): PyNode[] {
  return (node.field('arguments')?.kids ?? []).filter(
    (one) => one.type !== 'keyword_argument' && one.type !== 'dictionary_splat',
  );
}

/** Whether a call is given a dictionary of options that may hold anything. */
export function hasSplat(node: PyNode): boolean {
  return (node.field('arguments')?.kids ?? []).some((one) => one.type === 'dictionary_splat');
}
