import type { Response } from 'express';
import { beforeHeaders } from './before-headers.js';
import type { Call } from './messages.js';
import type { Settings } from './settings.js';

/**
 * Adds the headers to every answer: errors, preflights, files and streams too. What a route set itself stays.
 */
export function secureHeaders(settings: Settings, call: Call, res: Response): void {
  beforeHeaders(res, (given, contentType) => {
    for (const [name, value] of wanted(settings, call, res, contentType)) {
      if (!res.hasHeader(name) && !given.has(name.toLowerCase())) res.setHeader(name, value);
    }
    res.removeHeader('X-Powered-By');
  });
}

function wanted(
  settings: Settings,
  call: Call,
  res: Response,
  contentType: string,
): [string, string][] {
  const values = settings.values.headers;
  const list = /^text\/html/i.test(contentType) ? html(settings) : json(settings);
  // RFC 6797 §7.2: never over plain http.
  if (settings.environment === 'production' && (settings.https || call.https)) {
    list.push(['Strict-Transport-Security', values.hsts]);
  }
  if (call.principal !== undefined || res.hasHeader('set-cookie')) {
    list.push(['Cache-Control', values.cacheControl]);
  }
  return list.filter(([, value]) => value !== '');
}

/** For answers that the application never sees: its own headers do not reach them. */
export function refusalHeaders(settings: Settings, res: Response): void {
  for (const [name, value] of json(settings)) if (!res.hasHeader(name)) res.setHeader(name, value);
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
