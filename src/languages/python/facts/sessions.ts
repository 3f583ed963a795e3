import type { Fact, FactDetails } from '../../../surface/facts.ts';
import { isOwnCode } from '../../../surface/queries.ts';
import { literalText } from '../literal.ts';
import type { PyNode } from '../parse.ts';
import type { Run } from '../run.ts';
import { lastName, nameOf, type Value } from '../values.ts';

/** Session set-ups of Starlette and Flask, with the flags of their cookie. */
export function sessionFacts(run: Run, files: readonly string[], framework: string): Fact[] {
  return [...starlette(run), ...(framework === 'flask' ? flask(run, files) : [])];
}

function starlette(run: Run): Fact[] {
  return run.calls.flatMap(({ callee, args, kwargs, place }): Fact[] => {
    const name = callee.t === 'bound' ? callee.name : nameOf(callee);
    if (!/(?:^|\.)(?:add_middleware|Middleware|SessionMiddleware)$/.test(name)) return [];
    const isSession = [args[0], kwargs.get('middleware_class'), callee].some((one) =>
      /^SessionMiddleware$/.test(lastName(one)),
    );
    if (!isSession) return [];
    const secure = kwargs.get('https_only');
    const site = kwargs.get('same_site');
    const detail = {
      library: 'starlette',
      defaultName: !kwargs.has('session_cookie'),
      clientSide: true,
    };
    const cookie: FactDetails['cookie'] = {
      purpose: 'session',
      library: 'starlette',
      httpOnly: true,
      secure: secure === undefined ? undefined : secure.t === 'bool' ? secure.v : 'auto',
      sameSite: site === undefined ? 'lax' : site.t === 'str' ? site.v : 'chosen',
    };
    return [
      { kind: 'session', detail, place, confidence: 'high' },
      { kind: 'cookie', detail: cookie, place, confidence: 'high' },
    ];
  });
}

const settings =
  /^(SESSION|REMEMBER)_COOKIE_(SECURE|HTTPONLY|SAMESITE)$|^JWT_COOKIE_(SECURE|SAMESITE)$/;

/** The flags of Flask's session cookie: settings that stand together are one cookie. */
function flask(run: Run, files: readonly string[]): Fact[] {
  const groups = files.filter(isOwnCode).flatMap((file) => {
    const root = run.syntax(file);
    return root === undefined ? [] : groupsOf(file, root);
  });
  const facts = groups.map(
    ({ cookie, place }): Fact => ({ kind: 'cookie', detail: cookie, place, confidence: 'high' }),
  );
  const [app] = run.objects.filter((one) => /(?:^|\.)Flask$/.test(one.of));
  const decides = groups.some(
    ({ cookie }) => cookie.purpose === 'session' && cookie.secure !== undefined,
  );
  const guarded = run.objects.some((one) => /Talisman$/.test(one.of));
  if (app === undefined || decides || guarded || !usesSession(run, files)) return facts;
  const said = groups.find(({ cookie }) => cookie.purpose === 'session')?.cookie;
  if (said !== undefined) return facts;
  const cookie = { purpose: 'session' as const, library: 'flask', httpOnly: true };
  return [...facts, { kind: 'cookie', detail: cookie, place: app.place, confidence: 'medium' }];
}

/** Flask's own session, or an extension that keeps who is signed in there. */
function usesSession(run: Run, files: readonly string[]): boolean {
  return files.some((file) => {
    const names = run.modules.get(file)?.names;
    if (names === undefined) return false;
    const values: Value[] = [...names.values()];
    return values.some((one) => /^(?:flask\.session|flask_login\.login_user)$/.test(nameOf(one)));
  });
}

interface Group {
  cookie: FactDetails['cookie'];
  place: Fact['place'];
}

function groupsOf(file: string, root: PyNode): Group[] {
  const groups = new Map<string, Group>();
  const visit = (node: PyNode, owner: string, tests: boolean): void => {
    const inside = /^(?:class_definition|function_definition|argument_list|dictionary)$/.test(
      node.type,
    )
      ? `${node.start}`
      : owner;
    const isTest =
      tests ||
      (node.type === 'class_definition' && /test|dev|local/i.test(node.field('name')?.text ?? ''));
    const [name, value] = pairOf(node);
    const match = settings.exec(name);
    if (match !== null && value !== undefined && !isTest)
      set(groups, `${inside} ${match[1] ?? 'JWT'}`, match, value, { file, line: node.line });
    for (const kid of node.kids) visit(kid, inside, isTest);
  };
  visit(root, '', false);
  return [...groups.values()];
}

function pairOf(node: PyNode): [string, PyNode | undefined] {
  if (node.type === 'assignment') {
    const left = node.field('left');
    const name =
      left?.type === 'subscript'
        ? literalText(left.field('subscript'))
        : left?.text.split('.').at(-1);
    return [name ?? '', node.field('right')];
  }
  if (node.type === 'keyword_argument')
    return [node.field('name')?.text ?? '', node.field('value')];
  if (node.type === 'pair') return [literalText(node.field('key')) ?? '', node.field('value')];
  return ['', undefined];
}

function set(
  groups: Map<string, Group>,
  key: string,
  match: RegExpExecArray,
  value: PyNode,
  place: Fact['place'],
): void {
  const kind = match[1] ?? 'JWT';
  const flag = match[2] ?? match[3];
  const group = groups.get(key) ?? {
    cookie: {
      purpose: kind === 'SESSION' ? ('session' as const) : ('token' as const),
      name: kind === 'REMEMBER' ? 'remember_token' : undefined,
      library: 'flask',
      httpOnly: true,
    },
    place,
  };
  const known = value.type === 'true' ? true : value.type === 'false' ? false : undefined;
  const cookie =
    flag === 'SECURE'
      ? { ...group.cookie, secure: known ?? ('auto' as const) }
      : flag === 'HTTPONLY'
        ? { ...group.cookie, httpOnly: known ?? true }
        : {
            ...group.cookie,
            sameSite: value.type === 'none' ? undefined : (literalText(value) ?? 'chosen'),
          };
  groups.set(key, { cookie, place: group.place });
}
