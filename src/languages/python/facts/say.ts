import type { FactDetails, FactKind } from '../../../surface/facts.ts';
import type { PyNode } from '../parse.ts';

/** States a fact of the file that is read, at the line of a node. */
export type Say = <K extends FactKind>(kind: K, detail: FactDetails[K], node: PyNode) => void;

/** The value of a call's keyword argument. */
export function keyword(node: PyNode, name: string): PyNode | undefined {
  return node
    .field('arguments')
    ?.kids.find((one) => one.type === 'keyword_argument' && one.field('name')?.text === name)
    ?.field('value');
}
