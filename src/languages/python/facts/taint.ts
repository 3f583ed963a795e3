import { literalText } from '../literal.ts';
import { type PyNode, walk } from '../parse.ts';

const request =
  /^(?:flask\.)?request\.(?:args|form|json|values|data|get_json|files|cookies|headers|GET|POST|query_params|path_params|view_args|query_string|get_data|stream|body)\b/;
const ownAddress =
  /^(?:flask\.)?request\.(?:url|base_url|full_path|path|referrer|user_agent|host)\b/;
/** What comes out of these is no text of the caller any more. */
const cleans =
  /^(?:int|float|bool|len|abs|round|min|max|sum|Decimal|decimal\.Decimal|(?:uuid\.)?UUID|secure_filename|safe_join|(?:flask\.)?url_for|request\.url_for|(?:html\.|markupsafe\.)?escape|bleach\.clean|nh3\.clean|(?:urllib\.parse\.)?quote(?:_plus)?|shlex\.quote|isinstance|hasattr|hash|hashlib\.\w+|generate_password_hash|datetime\.\w+|jsonify|type|id)$/;
const answersYesOrNo =
  /^(?:startswith|endswith|is\w+|count|find|index|validate|exists|has_\w+|check\w*|verify\w*)$/;
const handsOn =
  /(?:^|\.)(?:join|format|urljoin|unquote|unquote_plus|loads|b64decode|urlsafe_b64decode|str|dict|list|tuple|sorted|Path|PurePath|text|bytes|iter|enumerate|zip|deepcopy|copy|urlparse|urlsplit|geturl|encode|decode)$/;
const looksUp =
  /^(?:get|find|load|fetch|query|lookup|validate|check|is_|has_|verify|create|save|select|authenticate|count)/i;
/** Values that the framework has turned into something that is no free text. */
const typed =
  /^(?:Optional\[)?(?:int|float|bool|UUID|date|datetime|Decimal|PositiveInt|PyObjectId)\b/;
const injected =
  /Depends\(|Security\(|\bDep\b|\b(?:Request|Response|WebSocket|BackgroundTasks|Session|AsyncSession|Database|Settings)\b/;

export interface Taint {
  /** Whether text of the caller goes into an expression. */
  from: (node: PyNode | undefined) => boolean;
  /** Whether it is the body as it was sent, before any schema. */
  raw: (node: PyNode) => boolean;
  /** The line in which the data of an expression was read, where that is another one. */
  readAt: (node: PyNode) => number | undefined;
  /** Whether a name holds what only its caller knows: a parameter, or the result of a call. */
  open: (node: PyNode) => boolean;
}

/** Follows request data through the names of one function. */
export function taintOf(
  func: PyNode,
  routed: boolean,
  { address = false, strict = false }: { address?: boolean; strict?: boolean } = {},
): Taint {
  const names = new Map<string, number | undefined>();
  const opened = new Set<string>();
  const uploads = new Set<string>();
  const body = func.field('body');
  for (const kid of func.field('parameters')?.kids ?? []) {
    const name = (kid.field('name') ?? kid.kids[0] ?? kid).text;
    opened.add(name);
    const type = kid.field('type')?.text ?? '';
    if (/UploadFile/.test(type)) uploads.add(name);
    if (!routed || uploads.has(name) || typed.test(type) || injected.test(kid.text)) continue;
    if (name !== 'self' && name !== 'cls' && !convertedTo(func, name)) names.set(name, undefined);
  }
  const nodes = body === undefined ? [] : [...walk(body)];
  const checked = checkedNames(nodes);
  const from = (node: PyNode | undefined): boolean => {
    if (node === undefined) return false;
    switch (node.type) {
      case 'identifier':
        return names.has(node.text) && !checked.has(node.text);
      case 'attribute':
        return (
          request.test(node.text) ||
          (address && ownAddress.test(node.text)) ||
          // An uploaded file is no text; its name is.
          (/\.filename$/.test(node.text) && uploads.has(node.field('object')?.text ?? '')) ||
          from(node.field('object'))
        );
      case 'subscript':
        return from(node.field('value'));
      case 'call':
        return fromCall(node);
      case 'conditional_expression':
        return from(node.kids[0]) || from(node.kids[2]);
      case 'list_comprehension':
      case 'set_comprehension':
      case 'generator_expression':
        return from(node.field('body'));
      case 'comparison_operator':
      case 'not_operator':
      case 'lambda':
        return false;
      case 'keyword_argument':
        return from(node.field('value'));
      default:
        return node.kids.some(from);
    }
  };
  const fromCall = (node: PyNode): boolean => {
    const target = node.field('function');
    const name = target?.text ?? '';
    if (request.test(name)) return true;
    if (cleans.test(name)) return false;
    const method = target?.type === 'attribute' ? (target.field('attribute')?.text ?? '') : '';
    if (method !== '' && answersYesOrNo.test(method)) return false;
    if (method !== '' && from(target?.field('object'))) return true;
    if (!from(node.field('arguments'))) return false;
    if (handsOn.test(name)) return true;
    // A function of the project hands its argument on; a method of a store looks something up.
    if (strict) return false;
    return target?.type === 'identifier' && !looksUp.test(name) && !/^[A-Z]/.test(name);
  };
  // Twice: what is assigned in a loop may come from what stands below.
  for (let pass = 0; pass < 2; pass += 1) for (const node of nodes) note(node);
  const readAt = (node: PyNode): number | undefined =>
    [...walk(node)].flatMap((one) => names.get(one.text) ?? []).find((line) => line !== node.line);
  const sent = /\brequest\.(?:json|get_json|form|values|data)\b/;
  const raw = (node: PyNode): boolean =>
    sent.test(node.text) ||
    nodes.some(
      (one) =>
        one.type === 'assignment' &&
        names.has(one.field('left')?.text ?? '') &&
        sent.test(one.field('right')?.text ?? '') &&
        new RegExp(`\\b${one.field('left')?.text}\\b`).test(node.text),
    );
  return { from, raw, readAt, open: (node) => node.type === 'identifier' && opened.has(node.text) };

  function note(node: PyNode): void {
    if (node.type === 'for_statement' || node.type === 'for_in_clause') {
      if (from(node.field('right'))) add(node.field('left'), node.line);
      return;
    }
    if (node.type !== 'assignment' && node.type !== 'named_expression') return;
    const right = node.field('right') ?? node.field('value');
    const left = node.field('left') ?? node.field('name');
    if (right?.type === 'call' || right?.type === 'await') opened.add(left?.text ?? '');
    if (from(right)) add(left, node.line);
  }
  function add(left: PyNode | undefined, line: number): void {
    if (left?.type === 'identifier') names.set(left.text, names.get(left.text) ?? line);
    else if (/(?:pattern|list|tuple)/.test(left?.type ?? ''))
      for (const kid of left?.kids ?? []) add(kid, line);
  }
}

/** `<int:id>` in a decorator of the function. */
function convertedTo(func: PyNode, name: string): boolean {
  return new RegExp(`<(?:int|float|uuid):${name}>`).test(decoratorsOf.get(func) ?? '');
}

/** Texts of the decorators that stand above a function, told by who walks the file. */
export const decoratorsOf = new WeakMap<PyNode, string>();

/** Names that a condition compares with a fixed list, and that leave the function otherwise. */
function checkedNames(nodes: readonly PyNode[]): Set<string> {
  const found = new Set<string>();
  for (const node of nodes) {
    if (node.type !== 'if_statement') continue;
    const asked = node.field('condition')?.text ?? '';
    const leaves = /(?:^|\n)\s*(?:return\b|raise\b|(?:flask\.)?abort\()/.test(
      node.field('consequence')?.text ?? '',
    );
    const name =
      /^(\w+)\s+not\s+in\b/.exec(asked)?.[1] ??
      /\bnot\s+(\w+)\.(?:isalnum|isdigit|isidentifier|isnumeric)\(/.exec(asked)?.[1] ??
      /\bnot\s+re\.(?:full)?match\([^,]+,\s*(\w+)/.exec(asked)?.[1];
    if (leaves && name !== undefined) found.add(name);
  }
  return found;
}

/** A text that is put together from parts. */
export function isComposed(node: PyNode | undefined): boolean {
  if (node === undefined) return false;
  if (node.type === 'parenthesized_expression') return isComposed(node.kids[0]);
  if (node.type === 'binary_operator')
    return node.kids.some((kid) => literalText(kid) !== undefined || isComposed(kid));
  if (node.type === 'call') return /^['"].*\.format$/s.test(node.field('function')?.text ?? '');
  return (
    (node.type === 'string' || node.type === 'concatenated_string') &&
    [...walk(node)].some((one) => one.type === 'interpolation')
  );
}
