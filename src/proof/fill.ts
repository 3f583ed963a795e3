/** Something that a probe needs and this run does not have: the probe is not run, for this reason. */
export class Unavailable extends Error {}

export type Values = Readonly<Record<string, string>>;

/** Puts saved values in the place of `{{name}}`. @throws Unavailable for a name that was never saved. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{\{([\w.-]+)\}\}/g, (_all, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Unavailable(`nothing gave a value for ${name}`);
    return value;
  });
}

/** The same in every text of a JSON value, keys included. */
export function fillAll(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return fill(value, values);
  if (Array.isArray(value)) return value.map((each) => fillAll(each, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [fill(key, values), fillAll(each, values)]),
  );
}

/** RFC 6901. */
export function pointer(document: unknown, path: string): unknown {
  let at = document;
  for (const part of path.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** Names in `{{…}}` anywhere in a request. */
export function namesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    return [...value.matchAll(/\{\{([\w.-]+)\}\}/g)].map((match) => match[1] ?? '');
  }
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [...namesIn(key), ...namesIn(each)]);
}
