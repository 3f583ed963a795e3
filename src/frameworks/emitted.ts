import type { Emitted } from './framework.ts';

/**
 * What an earlier run left in a folder, by its printed policy; `undefined` where the text is the owner's own.
 * @param print reads the policy's data out of the text
 */
export function emittedAt(
  { folder, file, text }: { folder: string; file: string; text: string | undefined },
  print: (text: string) => { value: unknown; line: number } | undefined,
): Emitted | undefined {
  if (text?.includes('printed from secure.yaml') !== true) return undefined;
  const found = print(text);
  const value = found?.value as { controls?: unknown; level?: unknown; auth?: unknown } | undefined;
  if (found === undefined || typeof value?.controls !== 'object') return undefined;
  return {
    folder,
    controls: value.controls as Emitted['controls'],
    level: String(value.level),
    auth: String(value.auth),
    place: { file, line: found.line },
  };
}
