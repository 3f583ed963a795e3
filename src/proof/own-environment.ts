import type { Tree } from '../kernel/tree.ts';
import { provenOrigin } from './secrets.ts';

/** Settings classes of pydantic and code that parses: they read the variable as a JSON list, and end with anything else. */
const asJson =
  /\bcors_origins\s*:\s*(?!\s*(?:str|Optional\[str\])\b)|JSON\.parse\(\s*process\.env\.CORS_ORIGINS|loads\([^)\n]*CORS_ORIGINS/i;

/** Variables of ours that the application reads as well, in the form that it reads. */
export function ownEnvironment(tree: Tree): Readonly<Record<string, string>> {
  const isList = tree
    .paths()
    .filter((file) => /\.(?:py|[cm]?[jt]s)$/.test(file))
    .some((file) => asJson.test(tree.read(file) ?? ''));
  return isList ? { CORS_ORIGINS: JSON.stringify([provenOrigin]) } : {};
}
