import type { Tree } from '../kernel/tree.ts';
import type { Place } from '../surface/surface.ts';

const template = /\.(html?|ejs|pug|jade|hbs|handlebars|njk|mustache|jinja2?|j2|eta|liquid)$/i;
const inline =
  /<script(?![^>]*\ssrc=)[^>]*>|\son[a-z]+\s*=\s*["']|\sstyle\s*=\s*["']|<style|(?:src|href)\s*=\s*["'](?:https?:)?\/\/|^\s*(?:script|style)\./im;

/** Markup that a source holds as text: pages of one file. Without `style=`, which JSX and others have too. */
const written =
  /<script(?![^>]*\ssrc=)[^>]*>|<(?:body|button|form|input|a)\b[^>]*\son[a-z]+\s*=\s*\\?["']|<style[\s>]/i;
const source = /\.py$/;
const foreign = /(?:^|\/)(?:tests?|docs?|migrations|node_modules)\/|(?:^|\/)test_[^/]*$/;

/**
 * The first page of the project, in a template or in a source, that an enforced `script-src 'self'` would break: an inline script,
 * a handler attribute, an inline style or a foreign host. `undefined` when there is none.
 */
export function pageThatNeedsInline(tree: Tree): Place | undefined {
  for (const file of tree.paths()) {
    const inSource = source.test(file) && !foreign.test(file);
    if (!inSource && !template.test(file)) continue;
    const text = tree.read(file) ?? '';
    const match = (inSource ? written : inline).exec(text);
    if (match !== null) return { file, line: text.slice(0, match.index + 1).split('\n').length };
  }
  return undefined;
}
