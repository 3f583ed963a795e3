import type { Confidence } from '../../../surface/surface.ts';
import { literalText } from '../literal.ts';
import { type PyNode, walk } from '../parse.ts';
import { keyword, type Say } from './say.ts';
import { isComposed, type Taint, taintOf } from './taint.ts';

/** Dangerous uses of request data inside one function. */
export function sinks(func: PyNode, routed: boolean, isFlask: boolean, say: Say): void {
  const body = func.field('body');
  if (body === undefined) return;
  const taint = taintOf(func, routed);
  // The address of the request is text of the caller where a page shows it, not where it leads.
  const page = taintOf(func, routed, { address: true, strict: true });
  const name = taintOf(func, routed, { strict: true });
  const nodes = [...walk(body)];
  const composed = new Map<string, PyNode>();
  for (const node of nodes) {
    const right = node.type === 'assignment' ? node.field('right') : undefined;
    if (isComposed(right)) composed.set(node.field('left')?.text ?? '', right as PyNode);
  }
  for (const node of nodes) {
    if (node.type === 'call') {
      sql(node, composed, taint, say);
      ofCall(node, body, { taint, page, name }, say);
    }
    const answered = node.type === 'return_statement' ? node.kids[0] : undefined;
    if (isFlask && routed && isComposed(answered) && page.from(answered))
      say('sink', { what: 'html', source: shown(answered) }, node);
  }
}

function shown(node: PyNode | undefined): string {
  return node?.text.slice(0, 80) ?? '';
}

function sql(node: PyNode, composed: Map<string, PyNode>, taint: Taint, say: Say): void {
  if (
    !/\.(?:execute|executemany|raw|executescript|fetch\w*)$/.test(
      node.field('function')?.text ?? '',
    )
  )
    return;
  const [first] = node.field('arguments')?.kids ?? [];
  const text = first?.type === 'call' ? first.field('arguments')?.kids[0] : first;
  const query = composed.get(text?.text ?? '') ?? text;
  if (query === undefined || !isComposed(query)) return;
  if (
    !/\b(?:select|insert|update|delete|where|from|create|drop|alter|order by)\b/i.test(query.text)
  )
    return;
  const sure = howSure(query, taint);
  if (sure !== undefined) say('sink', { what: 'sql', source: shown(first) }, node, sure);
}

/** Request data is sure, a parameter is not; a query of constants is no injection. */
function howSure(query: PyNode, taint: Taint): Confidence | undefined {
  if (taint.from(query)) return 'high';
  const names = [...walk(query)].filter((one) => one.type === 'identifier');
  return names.some((one) => taint.open(one) && !/^[A-Z_]+$/.test(one.text)) ? 'medium' : undefined;
}

function ofCall(
  node: PyNode,
  body: PyNode,
  { taint, page, name: direct }: { taint: Taint; page: Taint; name: Taint },
  say: Say,
): void {
  const name = node.field('function')?.text ?? '';
  const args = node.field('arguments');
  const first = args?.kids[0];
  const read = first === undefined ? undefined : taint.readAt(first);
  const source = shown(first) + (read === undefined ? '' : `, read in line ${read},`);
  const state = (
    what:
      | 'template'
      | 'eval'
      | 'command'
      | 'redirect'
      | 'path'
      | 'outbound'
      | 'html'
      | 'deserialise'
      | 'mass-assignment',
  ): void => say('sink', { what, source }, node);
  const value = first?.type === 'keyword_argument' ? first.field('value') : first;
  if (/(?:^|\.)(?:pickle|dill|marshal|jsonpickle|shelve)\.(?:loads?|decode)$/.test(name)) {
    say('sink', { what: 'deserialise', source }, node, taint.from(args) ? 'high' : 'low');
    return;
  }
  if (/render_template_string$|(?:^|\.)Template$|from_string$/.test(name) && page.from(value))
    state('template');
  else if (/(?:^|\.)Markup$/.test(name) && page.from(value)) state('html');
  if (!taint.from(args)) return;
  if (/^(?:eval|exec|compile)$/.test(name) && taint.from(value)) state('eval');
  else if (
    /^(?:os\.(?:system|popen)|commands\.getoutput|subprocess\.get(?:status)?output|asyncio\.create_subprocess_shell)$/.test(
      name,
    ) ||
    (/^subprocess\./.test(name) && keyword(node, 'shell')?.text === 'True')
  )
    state('command');
  else if (/(?:^|\.)redirect$|RedirectResponse$/.test(name)) {
    const target = value ?? keyword(node, 'url') ?? keyword(node, 'location');
    if (choosesHost(target, taint) && !staysHere(body)) state('redirect');
  } else if (
    /^(?:open|io\.open|send_file|(?:flask\.)?send_file|FileResponse|os\.(?:remove|unlink|rename|rmdir|listdir|makedirs)|shutil\.\w+|aiofiles\.open)$/.test(
      name,
    ) &&
    direct.from(value)
  )
    state('path');
  else if (
    /^(?:requests|httpx|aiohttp)\.(?:get|post|put|delete|request|head|patch)$|(?:^|\.)urlopen$/.test(
      name,
    ) &&
    choosesHost(/\.request$/.test(name) ? args?.kids[1] : value, taint)
  )
    state('outbound');
  else if (
    /(?:^|\.)(?:HTMLResponse|make_response)$/.test(name) &&
    isComposed(value) &&
    taint.from(value)
  )
    state('html');
  else if (
    (/^[A-Z]\w*$/.test(name) &&
      args?.kids.some((one) => one.type === 'dictionary_splat' && isRaw(one, taint))) ||
    (name === 'setattr' && taint.from(args?.kids[1]) && loopsOver(body, args?.kids[1], taint))
  )
    state('mass-assignment');
}

/** The whole body as it was sent: a schema's own dump holds declared fields alone. */
function isRaw(node: PyNode, taint: Taint): boolean {
  return (
    taint.from(node.kids[0]) &&
    taint.raw(node) &&
    !/model_dump|\.dict\(|\.load\(|validated|dump\(/.test(node.text)
  );
}

/** `for key, value in data.items(): setattr(record, key, value)` over the body as it was sent. */
function loopsOver(body: PyNode, name: PyNode | undefined, taint: Taint): boolean {
  return [...walk(body)].some(
    (one) =>
      one.type === 'for_statement' &&
      one.field('left')?.text.includes(name?.text ?? '\n') === true &&
      taint.raw(one.field('right') ?? one),
  );
}

/** The caller's text stands where the host of an address is decided. */
function choosesHost(target: PyNode | undefined, taint: Taint): boolean {
  if (target === undefined || !taint.from(target)) return false;
  if (target.type === 'keyword_argument') return choosesHost(target.field('value'), taint);
  if (target.type === 'boolean_operator') return target.kids.some((kid) => choosesHost(kid, taint));
  if (!isComposed(target)) return true;
  const start = leading(target);
  if (start === undefined) return false;
  if (typeof start !== 'string') return taint.from(start);
  return start === '' || start === '/' || /^https?:\/\/[^/]*$/.test(start);
}

/** What an address begins with: its fixed text, or the first expression. */
function leading(node: PyNode): string | PyNode | undefined {
  if (node.type === 'parenthesized_expression' || node.type === 'concatenated_string')
    return node.kids[0] === undefined ? undefined : leading(node.kids[0]);
  if (node.type === 'binary_operator') {
    const left = node.field('left') ?? node.kids[0];
    return left === undefined ? undefined : leading(left);
  }
  const [first] = node.kids.filter((kid) => /^(?:interpolation|string_content)$/.test(kid.type));
  if (node.type === 'string' && first?.type === 'interpolation')
    return first.field('expression') ?? first.kids[0];
  if (node.type === 'string') return literalText(node) ?? textBefore(node);
  return node;
}

function textBefore(node: PyNode): string {
  const at = node.kids.findIndex((kid) => kid.type === 'interpolation');
  return node.kids
    .slice(0, at)
    .filter((kid) => kid.type === 'string_content')
    .map((kid) => kid.text)
    .join('');
}

/** A function that looks at the host first. */
function staysHere(body: PyNode): boolean {
  return /\.netloc\b|is_safe|url_has_allowed|safe_redirect|is_relative|allowed_hosts/i.test(
    body.text,
  );
}
