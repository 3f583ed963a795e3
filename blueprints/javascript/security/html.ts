const tags = new Set(
  'a b blockquote br code em h1 h2 h3 h4 h5 h6 hr i li ol p pre s strong sub sup u ul'.split(' '),
);
const empty = new Set(['br', 'hr']);
const deepest = 64;
const tag = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*)\s*\/?>/gi;
const href = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/i;

/**
 * HTML that people wrote, made safe to show: for the few fields that hold HTML, where a page is made of them and
 * never on the way in. The result is built anew from plain tags without attributes, and links to http, https
 * and mail; everything else is shown as the text that it is (OWASP Cross Site Scripting Prevention).
 */
export function sanitizeHtml(html: string): string {
  const open: string[] = [];
  let [result, from] = ['', 0];
  for (const match of html.matchAll(tag)) {
    const [whole, slash = '', name = '', attributes = ''] = match;
    const at = match.index ?? 0;
    result += asText(html.slice(from, at));
    from = at + whole.length;
    result += slash === '' ? start(whole, name.toLowerCase(), attributes) : end(whole, name);
  }
  result += asText(html.slice(from));
  // A tag that nobody closed would take the rest of the page with it.
  return result + open.reverse().map(closed).join('');

  function start(whole: string, name: string, attributes: string): string {
    if (!tags.has(name) || open.length === deepest) return asText(whole);
    if (empty.has(name)) return `<${name}>`;
    open.push(name);
    const [, double, single] = href.exec(attributes) ?? [];
    const to = name === 'a' ? address(double ?? single ?? '') : '';
    return to === '' ? `<${name}>` : `<a href="${to}" rel="nofollow noopener noreferrer">`;
  }

  function end(whole: string, name: string): string {
    const at = open.lastIndexOf(name.toLowerCase());
    if (at === -1) return tags.has(name.toLowerCase()) ? '' : asText(whole);
    // What stands open inside ends with it.
    return open.splice(at).reverse().map(closed).join('');
  }
}

function closed(name: string): string {
  return `</${name}>`;
}

/** A link with a scheme that runs nothing; '' for every other. */
function address(value: string): string {
  return /^(?:https?:\/\/|mailto:)/i.test(value) ? asText(value) : '';
}

const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '&': '&amp;',
};

/** Text as text; an entity that stands there already stays what it is. */
function asText(text: string): string {
  return text.replace(
    /[<>"']|&(?!(?:[a-z][a-z0-9]*|#\d+|#x[\da-f]+);)/gi,
    (each) => entities[each] ?? '',
  );
}
