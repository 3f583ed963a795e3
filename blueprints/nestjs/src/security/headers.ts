import type { Response } from 'express';
import type { Call } from './messages.js';
import type { Settings } from './settings.js';

/**
 * Adds the headers at the last moment, when the content type is known, to every answer: errors, preflights,
 * files and streams too. What a route set itself stays.
 */
export function secureHeaders(settings: Settings, call: Call, res: Response): void {
  const writeHead = res.writeHead;
  res.writeHead = function writeSecureHead(this: Response, ...args: unknown[]) {
    const own = args.find((each) => typeof each === 'object' && each !== null);
    const given = new Set(namesIn(own));
    for (const [name, value] of wanted(settings, call, res, own)) {
      if (!res.hasHeader(name) && !given.has(name.toLowerCase())) res.setHeader(name, value);
    }
    res.removeHeader('X-Powered-By');
    return Reflect.apply(writeHead, this, args) as Response;
  } as Response['writeHead'];
}

function namesIn(headers: unknown): string[] {
  if (Array.isArray(headers))
    return headers.filter((_, i) => i % 2 === 0).map((name) => String(name).toLowerCase());
  return Object.keys((headers as object | undefined) ?? {}).map((name) => name.toLowerCase());
}

function wanted(settings: Settings, call: Call, res: Response, own: unknown): [string, string][] {
  const values = settings.values.headers;
  const type = String(
    (own as Record<string, string> | undefined)?.['Content-Type'] ??
      res.getHeader('content-type') ??
      '',
  );
  const list = /^text\/html/i.test(type) ? html(settings) : json(settings);
  // RFC 6797 §7.2: never over plain http.
  if (settings.environment === 'production' && (settings.https || call.https)) {
    list.push(['Strict-Transport-Security', values.hsts]);
  }
  if (call.principal !== undefined || res.hasHeader('set-cookie')) {
    list.push(['Cache-Control', values.cacheControl]);
  }
  return list.filter(([, value]) => value !== '');
}

function json({ values: { headers } }: Settings): [string, string][] {
  return [
    ['Content-Security-Policy', headers.jsonCsp],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', headers.frameOptionsJson],
    ['Referrer-Policy', headers.referrerJson],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', headers.resourcePolicy],
  ];
}

function html({ values: { headers } }: Settings): [string, string][] {
  return [
    ['Content-Security-Policy', headers.htmlCsp],
    ['Content-Security-Policy-Report-Only', headers.htmlCspReportOnly],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', headers.frameOptionsHtml],
    ['Referrer-Policy', headers.referrerHtml],
    ['Permissions-Policy', headers.permissions],
    ['Cross-Origin-Opener-Policy', headers.openerHtml],
    ['Cross-Origin-Resource-Policy', headers.resourcePolicy],
  ];
}
