import type { GoProject } from '../../languages/go/packages.ts';
import { field, type GoNode, stringOf, walk } from '../../languages/go/parse.ts';
import type { Project } from '../../project/project.ts';
import type { Fact, FactDetails, FactKind } from '../../surface/facts.ts';
import type { Confidence } from '../../surface/surface.ts';
import { corsIn } from './cors.ts';
import type { Registered } from './routers.ts';
import { ofSecret } from './secrets.ts';

export type State = <K extends FactKind>(
  kind: K,
  detail: FactDetails[K],
  node: GoNode,
  sure?: Confidence,
) => void;

/** Neutral facts of Go sources, in the words of `surface/facts.ts`. */
export function goFacts(project: Project, code: GoProject, found: Registered): Fact[] {
  const facts: Fact[] = dependencies(project);
  for (const { value, place } of found.proxies) {
    facts.push({
      kind: 'trust-proxy',
      detail: { value: /0\.0\.0\.0\/0|::\/0/.test(value) ? '*' : value },
      place,
      confidence: 'high',
    });
  }
  // gin trusts every proxy until SetTrustedProxies is called (its own start-up warning says so).
  const [app] = found.apps;
  if (found.proxies.length === 0 && app !== undefined && usesClientIp(code)) {
    facts.push({
      kind: 'trust-proxy',
      detail: { value: '*' },
      place: app.place,
      confidence: 'high',
    });
  }
  for (const one of found.routes) {
    if (one.kind !== 'static') continue;
    facts.push({
      kind: 'static',
      detail: { prefix: one.path, directory: one.directory, listing: false },
      place: one.place,
      confidence: 'high',
    });
  }
  for (const pkg of code.packages.values()) {
    for (const file of pkg.files) {
      const state: State = (kind, detail, node, confidence = 'high') => {
        facts.push({
          kind,
          detail,
          place: { file: file.path, line: node.line },
          confidence,
        } as unknown as Fact);
      };
      const writes = logging.exec(file.root.text)?.[1];
      if (writes !== undefined) state('log', { library: writes }, file.root);
      for (const top of file.root.kids) {
        if (/^(?:function|method)_declaration$/.test(top.type))
          for (const func of functionsIn(top))
            for (const { detail, node } of corsIn(func)) state('cors', detail, node);
        const inside = `${file.path} ${field(top, 'name')?.text ?? ''} ${field(top, 'receiver')?.text ?? ''}`;
        visit(top, false, (node, chosen) => {
          if (node.type === 'call_expression') ofCall(node, state, inside, top.text, chosen);
          if (node.type === 'composite_literal') ofLiteral(node, state);
          if (/^(?:const_spec|var_spec|short_var_declaration)$/.test(node.type))
            ofSecret(node, state);
        });
      }
    }
  }
  return facts;
}

/** A function, and those that are written inside it and speak of CORS themselves. */
function functionsIn(top: GoNode): GoNode[] {
  return [...walk(top)].filter(
    (node) =>
      node === top ||
      (node.type === 'func_literal' && /Access-Control-Allow-Origin/i.test(node.text)),
  );
}

/** Every node, with whether a condition chooses if it runs. */
function visit(node: GoNode, chosen: boolean, see: (node: GoNode, chosen: boolean) => void): void {
  see(node, chosen);
  const branches = /^(?:if_statement|expression_case|default_case|type_case)$/.test(node.type);
  for (const kid of node.kids) visit(kid, chosen || branches, see);
}

function usesClientIp(code: GoProject): boolean {
  return [...code.packages.values()].some((pkg) =>
    pkg.files.some((file) => file.root.text.includes('.ClientIP()')),
  );
}

function dependencies(project: Project): Fact[] {
  return (project.tree.read('go.mod') ?? '').split(/\r?\n/).flatMap((line, i): Fact[] => {
    const match = /^\s*(?:require\s+)?([\w.-]+\.[\w.-]+\/\S+)\s+v(\S+)(?!.*\/\/ indirect)/.exec(
      line,
    );
    if (match === null || line.startsWith('module')) return [];
    const [, name = '', version = ''] = match;
    const detail = { name, version, exact: version, ecosystem: 'go' as const };
    return [
      { kind: 'dependency', detail, place: { file: 'go.mod', line: i + 1 }, confidence: 'high' },
    ];
  });
}

const logging =
  /\b(slog|zap|logrus|zerolog|glog|klog|log|logger)\.(?:\w+\(\)\.)?(?:Print|Info|Warn|Error|Debug|Fatal)\w*\(/;
const request =
  /\b(?:c|ctx|context)\.(?:Query|Param|PostForm|DefaultQuery|DefaultPostForm|GetQuery|GetHeader|Request\.(?:FormValue|PostFormValue|URL\.Query|Header\.Get))\b/;

function ofCall(node: GoNode, state: State, inside: string, around: string, chosen: boolean): void {
  const name = field(node, 'function')?.text ?? '';
  const args = field(node, 'arguments')?.kids ?? [];
  const texts = args.map((each) => each.text).join(', ');
  if (/\.SetCookie$/.test(name) && args.length === 7) {
    const [cookie, secure, httpOnly] = [args[0], args[5], args[6]];
    const own = cookie && stringOf(cookie);
    const purpose = /sess|sid/i.test(own ?? '')
      ? 'session'
      : /token|jwt|auth/i.test(own ?? '')
        ? 'token'
        : 'other';
    // Set by a call of its own, before the cookie.
    const sameSite = /\.SetSameSite\(/.test(around) ? 'chosen' : undefined;
    state(
      'cookie',
      {
        name: own,
        purpose,
        secure: bool(secure) ?? 'auto',
        httpOnly: bool(httpOnly) ?? true,
        sameSite,
      },
      node,
    );
  }
  if (name === 'gin.SetMode' && /DebugMode|"debug"/.test(texts) && !chosen)
    state('debug', { what: 'gin.DebugMode' }, node);
  if (/\bParseUnverified$/.test(name)) state('jwt-decode', { library: 'golang-jwt' }, node);
  if (
    /\.(?:Query|QueryRow|Exec|Raw|Where)(?:Context)?$/.test(name) &&
    /Sprintf\(|"\s*\+/.test(texts) &&
    /\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE)\b|=/i.test(texts)
  ) {
    const sure = request.test(texts) ? 'high' : takesText(around, texts) ? 'medium' : 'low';
    state('sink', { what: 'sql', source: name }, node, sure);
  }
  if (
    name === 'exec.Command' &&
    (request.test(texts) ||
      (/"(?:sh|bash)",\s*"-c"/.test(texts) && !/^"[^"]*"(?:, "[^"]*")*$/.test(texts)))
  ) {
    state('sink', { what: 'command', source: name }, node, 'medium');
  }
  if (/\.Redirect$/.test(name) && request.test(texts))
    state('sink', { what: 'redirect', source: texts }, node);
  if (name === 'template.HTML' && request.test(texts))
    state('sink', { what: 'html', source: texts }, node);
  if (
    /\.(?:JSON|String|AbortWithStatusJSON)$/.test(name) &&
    /^(?:http\.StatusInternalServerError|500)/.test(texts) &&
    /\berr\.Error\(\)/.test(texts)
  ) {
    state('request-to-error', { what: 'message' }, node);
  }
  const weak = /^(md5|sha1)\.(?:New|Sum)$/.exec(name)?.[1];
  if (weak !== undefined && /passw/i.test(`${inside} ${texts}`))
    state('password-hash', { library: `crypto/${weak}`, algorithm: weak }, node);
  else if (weak !== undefined && !harmlessDigest.test(inside))
    state('weak-crypto', { algorithm: weak, use: 'hash' }, node, 'low');
  if (/\.SetTrustedPlatform$/.test(name))
    state('limit-key', { library: 'gin', key: texts }, node, 'low');
  if (/\.(?:Run|RunTLS)$/.test(name) && args.length > 0) {
    const address = args[0] && stringOf(args[0]);
    const port = Number(address?.split(':').at(-1)) || undefined;
    state(
      'listen',
      { host: address?.split(':')[0] || undefined, port, tls: name.endsWith('TLS') },
      node,
    );
  }
}

/** Digests that no attacker gains by. */
const harmlessDigest = /gravatar|avatar|etag|cache|checksum|fingerprint|file|shard|color/i;

/** Whether a parameter of the function that is a text goes into the query. */
function takesText(around: string, texts: string): boolean {
  const parameters = /^func[^{]*/s.exec(around)?.[0] ?? '';
  const names = [...parameters.matchAll(/\b((?:\w+\s*,\s*)*\w+)\s+string\b/g)].flatMap((match) =>
    (match[1] ?? '').split(/\s*,\s*/),
  );
  return names.some((name) => new RegExp(`\\b${name}\\b`).test(texts));
}

function bool(node: GoNode | undefined): boolean | undefined {
  return node?.text === 'true' ? true : node?.text === 'false' ? false : undefined;
}

function ofLiteral(node: GoNode, state: State): void {
  const type = field(node, 'type')?.text ?? '';
  const keys = new Map(
    (field(node, 'body')?.kids ?? [])
      .filter((kid) => kid.type === 'keyed_element')
      .map((kid) => [field(kid, 'key')?.text ?? '', field(kid, 'value')?.text ?? '']),
  );
  if (type === 'tls.Config' && keys.get('InsecureSkipVerify') === 'true') {
    state('tls-verify-off', { library: 'crypto/tls' }, node);
  }
  if (type === 'http.Cookie') {
    const name = /"([^"]*)"/.exec(keys.get('Name') ?? '')?.[1];
    const purpose = /sess|sid/i.test(name ?? '')
      ? 'session'
      : /token|jwt|auth/i.test(name ?? '')
        ? 'token'
        : 'other';
    // Not written is off; a value that is computed is the owner's choice.
    const flag = (key: string): boolean | undefined => {
      const given = keys.get(key);
      return given === undefined ? undefined : given !== 'false';
    };
    state(
      'cookie',
      {
        name,
        purpose,
        library: 'net/http',
        secure: flag('Secure'),
        httpOnly: flag('HttpOnly'),
        sameSite: keys.get('SameSite')?.replace(/.*SameSite(\w+)Mode/, '$1'),
      },
      node,
    );
  }
}
