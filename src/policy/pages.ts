import type { Tree } from '../kernel/tree.ts';
import type { Place } from '../surface/surface.ts';

const template = /\.(html?|ejs|pug|jade|hbs|handlebars|njk|mustache|jinja2?|j2|eta|liquid)$/i;
const inline =
  /<script(?![^>]*\ssrc=)[^>]*>|\son[a-z]+\s*=\s*["']|\sstyle\s*=\s*["']|<style|(?:src|href)\s*=\s*["'](?:https?:)?\/\/|^\s*(?:script|style)\./im;

/**
 * The first page of the project that an enforced `script-src 'self'` would break: an inline script,
 * a handler attribute, an inline style or a foreign host. `undefined` when there is none.
 */
export function pageThatNeedsInline(tree: Tree): Place | undefined {
  for (const file of tree.paths()) {
    if (!template.test(file)) continue;
    const text = tree.read(file) ?? '';
    const match = inline.exec(text);
    if (match !== null) return { file, line: text.slice(0, match.index + 1).split('\n').length };
  }
  return undefined;
}
