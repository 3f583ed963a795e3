import type { Credential, Detail } from '../../../surface/surface.ts';
import { optionsOf } from '../facts/options.ts';
import { bytes } from '../facts/parsing.ts';
import { isFunction } from '../facts/patterns.ts';
import type { Source } from '../facts/source.ts';
import { flagValue, numberValue, settle, textValue } from '../facts/values.ts';
import type { Node } from '../parse.ts';

/** `'jwt'` or `['jwt', 'anonymous']`. */
export function strategiesOf(args: readonly Node[], source: Source): string[] {
  const given = settle(args[0], source);
  const all = given?.node.type === 'ArrayExpression' ? given.node.elements : [args[0]];
  return all.flatMap((one) => textValue(one, given?.source ?? source)?.value ?? []);
}

export function bodyDetail(args: readonly Node[], source: Source): Detail {
  const limit = optionsOf(args[0], source).get('limit');
  const stated = limit && textValue(limit.node, limit.source)?.value;
  const limitBytes =
    limit === undefined
      ? 102_400
      : stated === undefined
        ? numberValue(limit.node, limit.source)
        : bytes(stated);
  const verify = optionsOf(args[0], source).get('verify') !== undefined;
  return { limitBytes, ...(verify ? { verify } : {}) };
}

export function helmetDetail(args: readonly Node[], source: Source): Detail {
  const options = optionsOf(args[0], source);
  const off = options.names.filter((name) => {
    const option = options.get(name)!;
    return flagValue(option.node, option.source) === false;
  });
  return off.length === 0 ? {} : { off };
}

export function limitDetail(args: readonly Node[], source: Source): Detail {
  const options = optionsOf(args[0], source);
  const number = (...names: readonly string[]): number | undefined => {
    const option = names.map((name) => options.get(name)).find(Boolean);
    return option && numberValue(option.node, option.source);
  };
  const window = number('windowMs');
  return {
    limit: number('limit', 'max', 'delayAfter') ?? (options.open ? undefined : 5),
    windowSeconds: window === undefined ? undefined : window / 1000,
    store: options.get('store') === undefined ? 'memory' : 'shared',
    ...(options.get('skip') === undefined ? {} : { skips: true }),
  };
}

export function csurfDetail(args: readonly Node[], source: Source): Detail {
  return {
    kind: optionsOf(args[0], source).get('cookie') === undefined ? 'Token' : 'Double-submit',
  };
}

export function uploadDetail(args: readonly Node[], source: Source): Detail {
  const limits = optionsOf(args[0], source).get('limits');
  const size = limits && optionsOf(limits.node, limits.source).get('fileSize');
  return { limitBytes: size && numberValue(size.node, size.source) };
}

export function staticDetail(args: readonly Node[], source: Source): Detail {
  return { directory: textValue(args[0], source)?.value };
}

/** The strategy by its name: `jwt`, `bearer`, `local`, `basic`, `google`, … */
export function passportDetail(args: readonly Node[], source: Source): Detail {
  const named = strategiesOf(args, source).join(',') || undefined;
  const called = args.find((one) => isFunction(one)) !== undefined;
  return { strategy: named, ...(called ? { callback: true } : {}) };
}

export function passportCredentials(args: readonly Node[], source: Source): Credential[] {
  const named = strategiesOf(args, source).join(',');
  const session = optionsOf(args[1], source).get('session');
  if (/jwt|bearer|token/i.test(named)) return ['bearer'];
  if (/basic|digest/i.test(named)) return ['basic'];
  if (/key/i.test(named)) return ['apikey'];
  if (
    /^local|google|facebook|github|twitter|oauth|saml|openid|oidc|azure|apple|discord/i.test(named)
  ) {
    // Signing in: the credential comes from the body or from the provider.
    return session && flagValue(session.node, session.source) === false ? [] : ['cookie'];
  }
  return ['unknown'];
}
