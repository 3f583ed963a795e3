import { literalText } from '../../languages/python/literal.ts';
import { type PyNode, walk } from '../../languages/python/parse.ts';
import type { Param, Route } from '../../surface/surface.ts';

const sources: readonly [RegExp, Param['in'], Route['body']][] = [
  [/^request\.(?:json|get_json\([^)]*\))$/, 'body', 'json'],
  [/^request\.form$/, 'body', 'form'],
  [/^request\.(?:values)$/, 'body', 'form'],
  [/^request\.args$/, 'query', 'none'],
  [/^request\.headers$/, 'header', 'none'],
  [/^request\.cookies$/, 'cookie', 'none'],
  [/^request\.files$/, 'file', 'multipart'],
];

const typed: Readonly<Record<string, Param['type']>> = {
  int: 'integer',
  float: 'number',
  str: 'string',
  bool: 'boolean',
};

/** What a handler takes from `request`, by the names that it asks for. */
export function bodyParams(func: PyNode, file: string): { params: Param[]; body: Route['body'] } {
  const params: Param[] = [];
  const names = new Map<string, string>();
  let body: Route['body'] = 'none';
  const sourceOf = (node: PyNode | undefined): (typeof sources)[number] | undefined => {
    const text = names.get(node?.text ?? '') ?? node?.text.replace(/^flask\./, '') ?? '';
    return sources.find(([pattern]) => pattern.test(text));
  };
  const add = (
    name: string | undefined,
    source: (typeof sources)[number],
    optional: boolean,
    node: PyNode,
    type: Param['type'],
  ): void => {
    if (name === undefined || params.some((one) => one.name === name && one.in === source[1]))
      return;
    params.push({
      name,
      in: source[1],
      type,
      optional,
      confidence: 'medium',
      place: { file, line: node.line },
    });
  };
  for (const node of walk(func)) {
    if (node.type === 'assignment') {
      const right = node.field('right')?.text.replace(/\s+or\s+.*$/s, '') ?? '';
      if (sources.some(([pattern]) => pattern.test(right)))
        names.set(node.field('left')?.text ?? '', right);
    }
    const found = sourceOf(node);
    if (found !== undefined && found[2] !== 'none' && body !== 'multipart') body = found[2];
    if (/^request\.(?:data|get_data\(.*\)|stream)$/s.test(node.text) && body === 'none')
      body = 'raw';
    if (node.type === 'subscript') {
      const source = sourceOf(node.field('value'));
      if (source !== undefined)
        add(literalText(node.field('subscript')), source, false, node, 'unknown');
    }
    if (node.type !== 'call') continue;
    const target = node.field('function');
    const source = /^(?:get|getlist)$/.test(target?.field('attribute')?.text ?? '')
      ? sourceOf(target?.field('object'))
      : undefined;
    if (source === undefined) continue;
    const args = node.field('arguments')?.kids ?? [];
    const type = args.find((one) => one.field('name')?.text === 'type')?.field('value')?.text ?? '';
    add(literalText(args[0]), source, true, node, typed[type] ?? 'unknown');
  }
  return { params, body };
}
