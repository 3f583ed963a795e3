import { flag, isExternal, itemsOf, member, textOfValue, type Value } from './values.ts';

/** How the application tells versions apart. */
export interface Versioning {
  type: 'uri' | 'header' | 'media' | 'custom';
  /** Before the number in the path: `v`. */
  prefix: string;
  fallback: readonly string[];
}

/** `VERSION_NEUTRAL`: every version, and none in the path. */
export const neutral = '';

/** Options of `enableVersioning`; without options it is by URI. */
export function versioningOf(options: Value | undefined): Versioning {
  const type = member(options, 'type');
  const name = type?.kind === 'external' ? type.name.split('.').at(-1) : textOfValue(type)?.text;
  const kinds: Readonly<Record<string, Versioning['type']>> = {
    HEADER: 'header',
    '1': 'header',
    MEDIA_TYPE: 'media',
    '2': 'media',
    CUSTOM: 'custom',
    '3': 'custom',
  };
  const prefix = member(options, 'prefix');
  return {
    type: kinds[name ?? ''] ?? 'uri',
    prefix: flag(prefix) === false ? '' : (textOfValue(prefix)?.text ?? 'v'),
    fallback: versionsIn(member(options, 'defaultVersion')),
  };
}

/** Versions in a value: of `@Version`, `@Controller({ version })`. */
export function versionsIn(value: Value | undefined): string[] {
  return itemsOf(value).flatMap((one) => {
    if (isExternal(one, /^@nestjs\/common$/, 'VERSION_NEUTRAL')) return [neutral];
    const text = textOfValue(one)?.text;
    return text === undefined ? [] : [text];
  });
}

/** What tells versions apart where the path does not; a neutral route is met without. */
export function versionNeeds(
  versioning: Versioning | undefined,
  method: readonly string[],
  controller: readonly string[],
): string | undefined {
  if (versioning === undefined || versioning.type === 'uri') return undefined;
  const own = method.length > 0 ? method : controller;
  const versions = own.length > 0 ? own : versioning.fallback;
  if (versions.length === 0 || versions.includes(neutral)) return undefined;
  return `version ${versions.join(' or ')}`;
}

/** Path parts of a route's versions, one route for each; `['']` where versions are not in the path. */
export function versionPaths(
  versioning: Versioning | undefined,
  method: readonly string[],
  controller: readonly string[],
): string[] {
  if (versioning?.type !== 'uri') return [''];
  const own = method.length > 0 ? method : controller;
  const versions = own.length > 0 ? own : versioning.fallback;
  if (versions.length === 0) return [''];
  return versions.map((one) => (one === neutral ? '' : `${versioning.prefix}${one}`));
}
