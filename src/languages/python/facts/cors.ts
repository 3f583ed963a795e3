import type { Fact, FactDetails } from '../../../surface/facts.ts';
import { walk } from '../parse.ts';
import type { Run } from '../run.ts';
import { lastName, nameOf, type Obj, type Value } from '../values.ts';

type Cors = FactDetails['cors'];
type Given = { args: readonly Value[]; kwargs: ReadonlyMap<string, Value> };

/** CORS policies of Starlette's middleware and of flask-cors, and those that are set by hand. */
export function corsFacts(run: Run): Fact[] {
  return [...starlette(run), ...flask(run), ...byHand(run)];
}

function fact(detail: Cors, place: Fact['place']): Fact {
  return { kind: 'cors', detail, place, confidence: 'high' };
}

function starlette(run: Run): Fact[] {
  return run.calls.flatMap(({ callee, args, kwargs, place }): Fact[] => {
    const isMiddleware = (value: Value | undefined): boolean =>
      /CORS\w*Middleware$/.test(lastName(value));
    const wraps = callee.t === 'ext' && isMiddleware(callee);
    const listed = /(?:^|\.)(?:add_middleware|Middleware)$/.test(
      callee.t === 'bound' ? callee.name : nameOf(callee),
    );
    const added = listed && (isMiddleware(args[0]) || isMiddleware(kwargs.get('middleware_class')));
    if (!wraps && !added) return [];
    const regex = kwargs.get('allow_origin_regex');
    const credentials = isTrue(kwargs.get('allow_credentials'));
    const origins = kwargs.get('allow_origins');
    const base = { credentials, library: 'starlette' };
    const policy = originsOf(origins, credentials);
    if (regex?.t === 'str' && policy.origins !== 'any' && policy.origins !== 'reflected')
      return [fact({ ...base, ...patternOf(regex.v, credentials) }, place)];
    // Without origins the middleware allows none.
    if (origins === undefined)
      return [
        fact({ ...base, origins: regex === undefined ? 'list' : 'unknown', list: [] }, place),
      ];
    return [fact({ ...base, ...policy }, place)];
  });
}

/** Starlette matches the whole origin. */
function patternOf(pattern: string, credentials: boolean): Pick<Cors, 'origins' | 'list'> {
  if (/^\^?(?:https?\??:\/\/|\(?https\?\)?:\/\/)?\.[*+]\$?$/.test(pattern))
    return { origins: credentials ? 'reflected' : 'any' };
  return { origins: 'regex', list: [`^${pattern.replace(/^\^|\$$/g, '')}$`] };
}

function flask(run: Run): Fact[] {
  const objects = run.objects.filter((one) =>
    /^(?:flask_cors(?:\.\w+)*|builtins)\.CORS$/.test(one.of),
  );
  const extensions = objects.flatMap((one): Fact[] => {
    const starts = one.events.filter((event) => event.name === 'init_app');
    const given = one.args.length > 0 ? [one, ...starts] : starts;
    return given.map((each) => {
      const app = each.args[0] ?? each.kwargs.get('app');
      const kwargs = new Map([...one.kwargs, ...each.kwargs]);
      return fact(
        flaskPolicy({ args: each.args, kwargs }, app?.t === 'obj' ? app : undefined),
        each.place,
      );
    });
  });
  const decorated = run.objects
    .filter((one) => /^(?:flask_cors(?:\.\w+)*|builtins)\.cross_origin$/.test(one.of))
    .map((one) => fact(flaskPolicy(one, undefined), one.place));
  return [...extensions, ...decorated];
}

function flaskPolicy({ kwargs }: Given, app: Obj | undefined): Cors {
  const setting = (name: string): Value | undefined => app?.attrs.get(`config[CORS_${name}]`);
  const resources = kwargs.get('resources') ?? setting('RESOURCES');
  const inner = resources?.t === 'dict' ? [...resources.entries.values()] : [];
  const first = inner.find((one) => one.t === 'dict' && one.entries.has('origins'));
  const credentials = isTrue(kwargs.get('supports_credentials') ?? setting('SUPPORTS_CREDENTIALS'));
  const own =
    (first?.t === 'dict' ? first.entries.get('origins') : undefined) ??
    kwargs.get('origins') ??
    setting('ORIGINS');
  // Flask-CORS allows every origin until it is told otherwise.
  const policy: Pick<Cors, 'origins' | 'list'> =
    own === undefined
      ? { origins: credentials ? 'reflected' : 'any' }
      : originsOf(own, credentials);
  return { ...policy, credentials, library: 'flask_cors' };
}

function originsOf(value: Value | undefined, credentials: boolean): Pick<Cors, 'origins' | 'list'> {
  const items = value?.t === 'list' ? value.items : value === undefined ? [] : [value];
  const texts = items.flatMap((one) => (one.t === 'str' && one.part !== true ? [one.v] : []));
  if (texts.some((one) => one === '*' || one === '.*'))
    return { origins: credentials ? 'reflected' : 'any' };
  const read = items.length > 0 && texts.length === items.length && value?.t !== 'unknown';
  if (!read)
    return value?.t === 'list' && items.length === 0
      ? { origins: 'list', list: [] }
      : { origins: 'unknown' };
  if (texts.some((one) => /[\\*^$(|]/.test(one))) return { origins: 'regex', list: texts };
  return { origins: 'list', list: texts };
}

function isTrue(value: Value | undefined): boolean {
  return value?.t === 'bool' && value.v;
}

/** `response.headers["Access-Control-Allow-Origin"] = "*"`. */
function byHand(run: Run): Fact[] {
  return [...run.trees].flatMap(([file, root]) =>
    [...walk(root)].flatMap((node): Fact[] => {
      if (node.type !== 'function_definition' || !/Access-Control-Allow-Origin/i.test(node.text))
        return [];
      if (
        node.kids.some((kid) =>
          [...walk(kid)].some(
            (one) =>
              one.type === 'function_definition' && /Access-Control-Allow-Origin/i.test(one.text),
          ),
        )
      )
        return [];
      const set = /['"]Access-Control-Allow-Origin['"]\s*(?:\]\s*=|,|:)\s*([^\n,)}]+)/i.exec(
        node.text,
      );
      if (set === null) return [];
      const value = (set[1] ?? '').trim();
      const credentials =
        /['"]Access-Control-Allow-Credentials['"]\s*(?:\]\s*=|,|:)\s*['"]true/i.test(node.text);
      const line = node.line + node.text.slice(0, set.index).split('\n').length - 1;
      const echoes =
        /origin/i.test(value) && /headers(?:\.get\(|\[)['"]Origin['"]/i.test(node.text);
      const compares = /\borigin\b\s+(?:not\s+)?in\b|==\s*origin|origin\s*==|allowed/i.test(
        node.text,
      );
      const literal = /^['"]([^'"]*)['"]$/.exec(value)?.[1];
      const origins: Cors['origins'] =
        literal === '*'
          ? credentials
            ? 'reflected'
            : 'any'
          : literal !== undefined
            ? 'list'
            : echoes && !compares
              ? 'reflected'
              : 'unknown';
      const list = origins === 'list' ? { list: [literal ?? ''] } : {};
      return [fact({ origins, ...list, credentials }, { file, line })];
    }),
  );
}
