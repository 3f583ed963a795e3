import { literalText } from '../literal.ts';
import { type PyNode, walk } from '../parse.ts';
import type { Say } from './say.ts';

const request =
  /\brequest\.(?:args|form|json|values|data|get_json|files|cookies|headers|GET|query_params|path_params)\b/;

/** Dangerous uses of request data inside one function, following names that were given request data. */
export function tainted(func: PyNode, routed: boolean, say: Say): void {
  const body = func.field('body');
  if (body === undefined) return;
  const names = new Set<string>();
  const nodes = [...walk(body)];
  const from = (node: PyNode | undefined): boolean => {
    if (node === undefined) return false;
    return (
      request.test(node.text) ||
      [...walk(node)].some((one) => one.type === 'identifier' && names.has(one.text))
    );
  };
  if (routed)
    for (const kid of func.field('parameters')?.kids ?? [])
      names.add((kid.field('name') ?? kid.kids[0] ?? kid).text);
  for (const node of nodes) {
    if (node.type === 'assignment' && from(node.field('right')))
      names.add(node.field('left')?.text ?? '');
  }
  const composed = new Map<string, PyNode>();
  for (const node of nodes) {
    if (node.type === 'assignment' && isComposed(node.field('right')))
      composed.set(node.field('left')?.text ?? '', node);
  }
  for (const node of nodes) {
    if (node.type !== 'call') continue;
    const name = node.field('function')?.text ?? '';
    const first = node.field('arguments')?.kids[0];
    const source = first?.text.slice(0, 80) ?? '';
    if (
      /\.(?:execute|executemany|raw|executescript)$/.test(name) &&
      (isComposed(first) ||
        composed.has(first?.text ?? '') ||
        (first?.type === 'call' && isComposed(first.field('arguments')?.kids[0])))
    )
      say('sink', { what: 'sql', source }, node);
    if (!from(node.field('arguments'))) continue;
    if (/render_template_string$|(?:^|\.)Template$|from_string$/.test(name))
      say('sink', { what: 'template', source }, node);
    else if (/^(?:eval|exec|compile)$/.test(name)) say('sink', { what: 'eval', source }, node);
    else if (
      /^os\.(?:system|popen)$/.test(name) ||
      (/^subprocess\./.test(name) && /shell\s*=\s*True/.test(node.text))
    )
      say('sink', { what: 'command', source }, node);
    else if (
      /(?:^|\.)redirect$|RedirectResponse$/.test(name) &&
      from(first) &&
      !staysHere(first, body)
    )
      say('sink', { what: 'redirect', source }, node);
    else if (/^(?:open|send_file|FileResponse)$|os\.path\.join$/.test(name))
      say('sink', { what: 'path', source }, node);
    else if (
      /^(?:requests|httpx)\.(?:get|post|put|delete|request|head|patch)$|urlopen$/.test(name) &&
      from(first)
    )
      say('sink', { what: 'outbound', source }, node);
    else if (/(?:^|\.)(?:Markup|HTMLResponse|make_response)$/.test(name) && isComposed(first))
      say('sink', { what: 'html', source }, node);
  }
}

/** The framework's own address of a route, or a function that looks at the host first. */
function staysHere(target: PyNode | undefined, body: PyNode): boolean {
  if (/^(?:flask\.)?url_for\(|^request\.url_for\(/.test(target?.text ?? '')) return true;
  return /\.netloc\b|is_safe|url_has_allowed|safe_redirect|is_relative/.test(body.text);
}

function isComposed(node: PyNode | undefined): boolean {
  if (node === undefined) return false;
  if (node.type === 'binary_operator')
    return (
      /^['"frb]/.test(node.text) ||
      node.kids.some((kid) => literalText(kid) !== undefined || isComposed(kid))
    );
  if (node.type === 'call') return /^['"].*\.format$/s.test(node.field('function')?.text ?? '');
  return (
    (node.type === 'string' || node.type === 'concatenated_string') &&
    [...walk(node)].some((one) => one.type === 'interpolation')
  );
}
