import type { Project } from '../../../project/project.ts';
import type { Fact, FactDetails, FactKind } from '../../../surface/facts.ts';
import { literalText } from '../literal.ts';
import { type PyNode, walk } from '../parse.ts';
import type { Run } from '../run.ts';

type Say = <K extends FactKind>(kind: K, detail: FactDetails[K], node: PyNode) => void;

const registers = /\.(?:route|api_route|get|post|put|patch|delete)\(/;
const secretName = /secret|password|passwd|api_?key|token|private_?key|jwt_?key/i;
const request =
  /\brequest\.(?:args|form|json|values|data|get_json|files|cookies|headers|GET|query_params|path_params)\b/;

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
    const routed = new Set<PyNode | undefined>();
    for (const node of walk(root)) {
      if (
        node.type === 'decorated_definition' &&
        node.kids.some((kid) => kid.type === 'decorator' && registers.test(kid.text))
      )
        routed.add(node.field('definition'));
      if (node.type === 'function_definition') tainted(node, routed.has(node), say);
      if (node.type === 'return_statement' || node.type === 'raise_statement') answer(node, say);
      if (node.type === 'call') call(node, say);
      else if (node.type === 'assignment')
        assignment(node.field('left')?.text ?? '', node.field('right'), node, say);
      else if (node.type === 'pair' || node.type === 'keyword_argument') {
        const key = node.field('key') ?? node.field('name');
        assignment(literalText(key) ?? key?.text ?? '', node.field('value'), node, say);
      } else if (node.type === 'comparison_operator') compare(node, say);
    }
  }
  return facts;
}

function assignment(name: string, right: PyNode | undefined, node: PyNode, say: Say): void {
  const last = /(\w+)['"]?\]?$/.exec(name)?.[1] ?? name;
  const flag = right?.text;
  if (/^SESSION_COOKIE_(?:SECURE|HTTPONLY|SAMESITE)$/.test(last) && flag !== undefined) {
    const base = { purpose: 'session' as const, library: 'flask' };
    if (last.endsWith('SECURE')) say('cookie', { ...base, secure: flag === 'True' }, node);
    else if (last.endsWith('HTTPONLY')) say('cookie', { ...base, httpOnly: flag === 'True' }, node);
    else say('cookie', { ...base, sameSite: literalText(right) }, node);
  }
  if (last === 'WTF_CSRF_ENABLED' && flag === 'False')
    say('csrf-off', { what: last, library: 'flask_wtf' }, node);
  if (last === 'DEBUG' && flag === 'True') say('debug', { what: 'DEBUG = True' }, node);
  const fallback = right?.type === 'boolean_operator' ? right.field('right') : environment(right);
  const literal = literalText(fallback ?? right);
  if (!secretName.test(last) || literal === undefined || literal.length < 3) return;
  if (
    /url|path|name|field|header|type|algorithm|expire|prefix|message|label/i.test(last) ||
    /[\s/]/.test(literal)
  )
    return;
  const use = /jwt/i.test(last)
    ? 'jwt'
    : /passw/i.test(last)
      ? 'password'
      : /api_?key/i.test(last)
        ? 'apikey'
        : last === 'SECRET_KEY'
          ? 'session'
          : 'key';
  say('secret', { use, name: last, fallback: fallback !== undefined }, node);
}

function environment(node: PyNode | undefined): PyNode | undefined {
  if (
    node?.type !== 'call' ||
    !/environ\.get$|getenv$|^env(?:\.str)?$|^config$/.test(node.field('function')?.text ?? '')
  )
    return undefined;
  const args = node.field('arguments')?.kids ?? [];
  return (
    args
      .find((one) => one.type === 'keyword_argument' && one.field('name')?.text === 'default')
      ?.field('value') ?? args[1]
  );
}

function compare(node: PyNode, say: Say): void {
  const text = node.text;
  if (
    !/==|!=/.test(text) ||
    /None|len\(/.test(text) ||
    node.kids.some((kid) => literalText(kid) !== undefined)
  )
    return;
  const sides = node.kids.map((kid) => kid.text);
  if (
    sides.length === 2 &&
    sides.every((side) => /token|signature|digest|secret|api_?key|hmac/i.test(side))
  )
    say('timing-compare', { what: text.slice(0, 60) }, node);
  if (
    sides.length === 2 &&
    sides.some((side) => /\.password$/.test(side)) &&
    sides.every((side) => /passw/i.test(side))
  )
    say('password-plain', { what: 'compared' }, node);
}

function keyword(node: PyNode, name: string): PyNode | undefined {
  return node
    .field('arguments')
    ?.kids.find((one) => one.type === 'keyword_argument' && one.field('name')?.text === name)
    ?.field('value');
}

function call(node: PyNode, say: Say): void {
  const name = node.field('function')?.text ?? '';
  const args = node.field('arguments');
  const positional = args?.kids.filter((one) => one.type !== 'keyword_argument') ?? [];
  const has = (key: string, value: string): boolean => keyword(node, key)?.text === value;
  if (/(?:^|\.)(?:CORS|add_middleware)$/.test(name) && /CORS/.test(node.text)) cors(node, say);
  if (name.endsWith('set_cookie')) {
    const flag = (key: string): boolean | undefined =>
      keyword(node, key) === undefined ? undefined : has(key, 'True');
    const cookie = literalText(positional[0] ?? keyword(node, 'key'));
    const purpose = /csrf/i.test(cookie ?? '')
      ? 'csrf'
      : /sess/i.test(cookie ?? '')
        ? 'session'
        : /token|auth|jwt/i.test(cookie ?? '')
          ? 'token'
          : 'other';
    say(
      'cookie',
      {
        name: cookie,
        purpose,
        httpOnly: flag('httponly'),
        secure: flag('secure'),
        sameSite: literalText(keyword(node, 'samesite')),
      },
      node,
    );
  }
  if (/SessionMiddleware/.test(node.text) && name.endsWith('add_middleware')) {
    say(
      'session',
      {
        library: 'starlette',
        defaultName: keyword(node, 'session_cookie') === undefined,
        clientSide: true,
      },
      node,
    );
    say(
      'cookie',
      {
        purpose: 'session',
        library: 'starlette',
        httpOnly: true,
        secure: has('https_only', 'True'),
        sameSite: literalText(keyword(node, 'same_site')) ?? 'lax',
      },
      node,
    );
  }
  if (/^(?:jwt|jose\.jwt|pyjwt)\.decode$/i.test(name)) {
    const off = /verify(?:_signature)?['"]?\s*[:=]\s*False/.test(args?.text ?? '');
    const listed = keyword(node, 'algorithms') ?? positional[2];
    const algorithms = listed?.kids.flatMap((one) => literalText(one) ?? []);
    say(
      'jwt-verify',
      {
        library: 'jwt',
        verified: !off,
        algorithms,
        ignoresExpiration: /verify_exp['"]?\s*:\s*False/.test(args?.text ?? ''),
      },
      node,
    );
  }
  if (/(?:^|\.)get_unverified_(?:claims|header)$/.test(name))
    say('jwt-decode', { library: 'jwt' }, node);
  if (/^(?:jwt|jose\.jwt|pyjwt)\.encode$/i.test(name))
    say(
      'jwt-sign',
      {
        library: 'jwt',
        algorithm: literalText(keyword(node, 'algorithm') ?? positional[2]),
        expires: /['"]?exp['"]?\b/.test(args?.text ?? '') || positional[0]?.type === 'identifier',
      },
      node,
    );
  if (/(?:^|\.)(?:run|FastAPI|Flask)$/.test(name) && has('debug', 'True'))
    say('debug', { what: `${name}(debug=True)` }, node);
  if (/(?:app|uvicorn)\.run$/.test(name))
    say(
      'listen',
      {
        host: literalText(keyword(node, 'host')),
        port: Number(keyword(node, 'port')?.text) || undefined,
        tls:
          keyword(node, 'ssl_certfile') !== undefined || keyword(node, 'ssl_context') !== undefined,
      },
      node,
    );
  if (has('verify', 'False') && /(?:requests|httpx|session|client)\b/i.test(name))
    say('tls-verify-off', { library: name.split('.')[0] ?? name }, node);
  if (/hashlib\.(?:md5|sha1)$/.test(name)) {
    const algorithm = name.endsWith('md5') ? 'md5' : 'sha1';
    if (/passw/i.test(args?.text ?? ''))
      say('password-hash', { library: 'hashlib', algorithm }, node);
    else say('weak-crypto', { algorithm, use: 'digest' }, node);
  }
  if (/generate_password_hash$/.test(name))
    say(
      'password-hash',
      {
        library: 'werkzeug',
        algorithm: literalText(keyword(node, 'method') ?? positional[1]) ?? 'scrypt',
      },
      node,
    );
  if (/bcrypt\.gensalt$/.test(name))
    say(
      'password-hash',
      {
        library: 'bcrypt',
        algorithm: 'bcrypt',
        rounds: Number(positional[0]?.text ?? keyword(node, 'rounds')?.text) || 12,
      },
      node,
    );
  if (/CryptContext$/.test(name))
    say(
      'password-hash',
      {
        library: 'passlib',
        algorithm:
          /argon2|bcrypt|scrypt|pbkdf2\w*|md5\w*|sha\d+\w*/.exec(args?.text ?? '')?.[0] ??
          'unknown',
      },
      node,
    );
  if (/^random\.(?:random|randint|choice|choices|getrandbits)$/.test(name))
    say('weak-random', { use: name }, node);
  if (
    /(?:^|\.)(?:pickle|dill|marshal)\.loads?$/.test(name) ||
    (/yaml\.load$/.test(name) && !/Safe|CSafe/.test(args?.text ?? ''))
  )
    say('sink', { what: 'deserialise', source: args?.text.slice(0, 60) ?? '' }, node);
  testCall(node, name, positional, say);
}

/** An exception's own text in what the caller is told. */
function answer(node: PyNode, say: Say): void {
  if (node.type === 'raise_statement' && !/HTTPException\(|abort\(/.test(node.text)) return;
  if (/format_exc\(/.test(node.text)) say('request-to-error', { what: 'stack' }, node);
  else if (/\b(?:str|repr)\((?:e|ex|exc|err|error|exception)\)/.test(node.text))
    say('request-to-error', { what: 'message' }, node);
}

function cors(node: PyNode, say: Say): void {
  const origins = keyword(node, 'allow_origins') ?? keyword(node, 'origins');
  const regex = keyword(node, 'allow_origin_regex');
  const isFlask = !/CORSMiddleware/.test(node.text);
  const credentials = /^True$/.test(
    (keyword(node, 'allow_credentials') ?? keyword(node, 'supports_credentials'))?.text ?? '',
  );
  const list =
    origins?.type === 'list' ? origins.kids.flatMap((one) => literalText(one) ?? []) : undefined;
  const any =
    list?.includes('*') === true ||
    literalText(origins) === '*' ||
    (isFlask && origins === undefined && keyword(node, 'resources') === undefined);
  const kind =
    regex !== undefined
      ? 'regex'
      : any
        ? credentials
          ? 'reflected'
          : 'any'
        : list !== undefined
          ? 'list'
          : 'unknown';
  say(
    'cors',
    { origins: kind, list, credentials, library: isFlask ? 'flask_cors' : 'starlette' },
    node,
  );
}

function testCall(node: PyNode, name: string, positional: readonly PyNode[], say: Say): void {
  const verb = /(?:client|ac|test_app)\w*\.(get|post|put|patch|delete)$/.exec(name)?.[1];
  const path = literalText(positional[0]);
  if (verb === undefined || path?.startsWith('/') !== true) return;
  say(
    'test-call',
    { method: verb.toUpperCase(), path, credentials: /headers|cookies|auth/.test(node.text) },
    node,
  );
}

/** Dangerous uses of request data inside one function, following names that were given request data. */
function tainted(func: PyNode, routed: boolean, say: Say): void {
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
    else if (/(?:^|\.)redirect$|RedirectResponse$/.test(name) && from(first))
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
