import type { Node } from '../parse.ts';
import { optionsOf } from './options.ts';
import { startsFixed, tainted } from './requests.ts';
import { isResponse } from './responses.ts';
import type { Tell } from './sinks.ts';
import { codeOf, isFrom, type Origin, type Source } from './source.ts';
import { functionsAround, isTested } from './tested.ts';
import { settle } from './values.ts';

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

const readers =
  /^(?:readFile|readFileSync|createReadStream|createWriteStream|writeFile|writeFileSync|appendFile|appendFileSync|unlink|unlinkSync|rm|rmSync|readdir|readdirSync|open|openSync|stat|statSync|rename|copyFile)$/;

/** Request data as a path on the disk. */
export function files(
  node: Call,
  origin: Origin | undefined,
  method: string,
  source: Source,
  tell: Tell,
): void {
  const [first] = node.arguments;
  if (joins(node, origin, source)) tell('path', node, 'low');
  const onDisk =
    isFrom(origin, /^(?:fs|fs\/promises|fs-extra|graceful-fs)$/) && readers.test(method);
  const sends =
    node.callee.type === 'MemberExpression' &&
    /^(?:sendFile|download|sendfile)$/.test(method) &&
    isResponse(node.callee.object, source);
  if (!first || (!onDisk && !sends)) return;
  const found = tainted(first, source);
  if (!found || isTested(first, source)) return;
  // With a root, the framework refuses what leaves it.
  if (sends && optionsOf(node.arguments[1], source).get('root')) return;
  tell('path', first, found.checked ? 'low' : 'high');
}

/** Request data as the address of an outgoing request, or of a page that a browser here opens. */
export function outbound(
  node: Call,
  origin: Origin | undefined,
  name: string,
  source: Source,
  tell: Tell,
): void {
  const [first] = node.arguments;
  const client =
    (name === 'fetch' && source.lookup('fetch', node) === undefined) ||
    isFrom(
      origin,
      /^(?:axios|got|node-fetch|undici|request|request-promise|superagent|needle|ky|cross-fetch|isomorphic-fetch)$/,
      /^(?:get|post|put|patch|delete|head|request|fetch|stream)?$/,
    ) ||
    isFrom(origin, /^https?$/, /^(?:get|request)$/) ||
    (/(?:^|\.)(?:http|httpService|axios)(?:Service|Client)?\.(?:get|post|put|patch|delete|request|head)$/i.test(
      name,
    ) &&
      /@nestjs\/axios/.test(source.parsed.text)) ||
    isFrom(origin, /^(?:wkhtmltopdf|wkhtmltoimage)$/) ||
    (/\.(?:goto|navigate|openUrl)$/.test(name) &&
      /puppeteer|playwright|chrome|phantom|browser/i.test(source.parsed.text));
  if (!client || !first) return;
  const options = first.type === 'ObjectExpression' ? optionsOf(first, source) : undefined;
  const target = options
    ? (
        options.get('url') ??
        options.get('uri') ??
        options.get('baseURL') ??
        options.get('hostname') ??
        options.get('host')
      )?.node
    : first;
  if (!target) return;
  const found = tainted(target, source);
  const at = settle(target, source)?.node ?? target;
  if (!found || startsFixed(target, source) || startsFixed(at, source) || isTested(target, source))
    return;
  // The own path of the request cannot leave the host that stands before it.
  if (/^(?:url|originalUrl|path|baseUrl)$/.test(found.from) && target.type !== 'MemberExpression')
    return;
  tell('outbound', target, found.checked ? 'medium' : 'high');
}

/** A path that is put together and handed to code that is not seen here. */
function joins(node: Call, origin: Origin | undefined, source: Source): boolean {
  if (!isFrom(origin, /^path$/, /^(?:join|resolve)$/)) return false;
  const hit = node.arguments.find((one) => tainted(one, source));
  const [fn] = functionsAround(node, source);
  const around = codeOf(fn, source);
  const found = tainted(hit, source);
  if (!hit || !found || !/^(?:query|params|body)$/.test(found.from) || isTested(hit, source))
    return false;
  return !/readFile|createReadStream|createWriteStream|writeFile|sendFile|download\(|unlink|startsWith|relative\(|\bstat|readdir|fs\./.test(
    around,
  );
}
