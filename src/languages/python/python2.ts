import type { PyNode } from './parse.ts';

/** Statements and expressions that Python 3 has never had, or dropped: the grammar still takes them. */
export function isPython2(node: PyNode): boolean {
  switch (node.type) {
    case 'print_statement':
    case 'exec_statement':
      return true;
    case 'raise_statement':
      // `raise ValueError, "text"`
      return node.kids.some((kid) => kid.type === 'expression_list');
    case 'except_clause': {
      // `except Error, e`. Python 3.14 takes a list without parentheses too: of classes, which have capitals.
      const [, second] = node.all('value');
      return second?.type === 'identifier' && /^[a-z_]/.test(second.text);
    }
    case 'parameters':
    case 'lambda_parameters':
      return node.kids.some((kid) => kid.type === 'tuple_pattern');
    case 'comparison_operator':
      return node.all('operators').some((kid) => kid.type === '<>');
    case 'integer':
      return /^0\d*[1-9]|[lL]$/.test(node.text) && !/^0[xXbBoO]/.test(node.text);
    case 'string_start':
      return /^(?:`|[uU][rR])/.test(node.text);
    default:
      return false;
  }
}
