import { getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';

/** A TOML document as a plain object; `undefined` for anything else. */
export function tomlOf(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    return object(getStaticTOMLValue(parseTOML(text.replace(/^\ufeff/, ''))));
  } catch {
    return undefined;
  }
}

/** Why a text is no TOML document, with its line; `undefined` for one that is. */
export function tomlError(text: string): { what: string; line: number } | undefined {
  try {
    parseTOML(text.replace(/^\ufeff/, ''));
    return undefined;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { what: error.message.replace(/\.$/, ''), line: error.lineNumber };
  }
}

/** A table, or `undefined` for any other value. */
export function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** The value behind a path of keys. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => object(inner)?.[key], value);
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
