import type { Tree } from '../kernel/tree.ts';
import type { Project } from '../project/project.ts';
import { type Fact, factsOf } from '../surface/facts.ts';
import type { Place } from '../surface/surface.ts';

const template = /\.(html?|ejs|pug|jade|hbs|handlebars|njk|mustache|jinja2?|j2|eta|liquid)$/i;
const inline =
  /<script(?![^>]*\ssrc=)[^>]*>|\son[a-z]+\s*=\s*["']|\sstyle\s*=\s*["']|<style|(?:src|href)\s*=\s*["'](?:https?:)?\/\/|^\s*(?:script|style)\./im;

/** Markup that a source holds as text: pages of one file. Without `style=`, which JSX and others have too. */
const written =
  /<script(?![^>]*\ssrc=)[^>]*>|<(?:body|button|form|input|a)\b[^>]*\son[a-z]+\s*=\s*\\?["']|<style[\s>]/i;
const source = /\.(?:py|[cm]?[jt]s)$/;
const foreign =
  /(?:^|\/)(?:tests?|__tests__|docs?|migrations|node_modules|dist|build)\/|(?:^|\/)test_[^/]*$|\.(?:test|spec|min|d)\.[cm]?[jt]s$/;
/** A script answers with a page only where it sends something. */
const sends = /\.(?:send|end|write)\(/;

/**
 * The first page of the project, in a template or in a source, that an enforced `script-src 'self'` would break: an inline script,
 * a handler attribute, an inline style or a foreign host. `undefined` when there is none.
 */
export function pageThatNeedsInline(tree: Tree): Place | undefined {
  for (const file of tree.paths()) {
    const inSource = source.test(file) && !foreign.test(file);
    if (!inSource && !template.test(file)) continue;
    const text = tree.read(file) ?? '';
    if (inSource && /[jt]s$/.test(file) && !sends.test(text)) continue;
    const match = (inSource ? written : inline).exec(text);
    if (match !== null) return { file, line: text.slice(0, match.index + 1).split('\n').length };
  }
  return undefined;
}

/** Packages of Python that serve pages with inline scripts: documentation, GraphiQL, administration. */
const shipPages = new Set([
  'apifairy',
  'apiflask',
  'ariadne',
  'connexion',
  'flasgger',
  'flask-admin',
  'flask-appbuilder',
  'flask-openapi3',
  'flask-restplus',
  'flask-restx',
  'flask-smorest',
  'graphene',
  'gradio',
  'nicegui',
  'spectree',
  'sqladmin',
  'starlette-admin',
  'strawberry-graphql',
]);

/** Whether some page of this project, seen or not, would stop working under `script-src 'self'`. */
export function needsInline({ tree, dependencies }: Project, facts: readonly Fact[]): boolean {
  const ships = Object.keys(dependencies).some((name) => shipPages.has(name));
  return (
    ships || pageThatNeedsInline(tree) !== undefined || unseenFrontEnd(tree, facts) !== undefined
  );
}

/**
 * A front end that is served at the root and whose pages are not here: they are built elsewhere, and what they
 * hold inline is not known. `undefined` when there is none.
 */
export function unseenFrontEnd(tree: Tree, facts: readonly Fact[]): Place | undefined {
  const served = factsOf(facts, 'static').find(({ detail }) => {
    const { prefix, directory } = detail;
    if ((prefix !== '' && prefix !== '/') || directory === undefined) return false;
    const name = directory.split(/[\\/]/).filter(Boolean).at(-1);
    return !tree.paths().some((file) => file.endsWith('.html') && `/${file}`.includes(`/${name}/`));
  });
  return served?.place;
}
