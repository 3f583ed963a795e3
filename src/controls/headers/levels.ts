import type { ByLevel } from '../level.ts';

/** Values of the security headers; two profiles, chosen by the content type of each response. */
export interface HeadersValues {
  /** CSP of JSON, files, redirects and errors. OWASP REST Security cheat sheet; ASVS 3.4.3. */
  jsonCsp: string;
  /** CSP of HTML pages. ASVS 3.4.3, 3.4.6. */
  htmlCsp: string;
  /** HTML policy that is only reported, '' for none. ASVS 3.4.7. */
  htmlCspReportOnly: string;
  /** Strict-Transport-Security, sent over https in production only (RFC 6797 §7.2). ASVS 3.4.1. */
  hsts: string;
  frameOptionsJson: 'DENY';
  frameOptionsHtml: 'SAMEORIGIN' | 'DENY';
  referrerJson: 'no-referrer';
  referrerHtml: 'strict-origin-when-cross-origin' | 'no-referrer';
  /** Permissions-Policy of HTML pages; OWASP Secure Headers Project. */
  permissions: string;
  openerHtml: 'same-origin-allow-popups' | 'same-origin';
  resourcePolicy: 'same-origin';
  /** Cache-Control of an authenticated answer that set none itself. ASVS 14.3.2. */
  cacheControl: 'no-store';
  /** Clear-Site-Data on logout, '' for none. ASVS 14.3.1. */
  clearSiteData: string;
}

const jsonCsp = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const few = 'camera=(), geolocation=(), microphone=()';
const full =
  'accelerometer=(), autoplay=(), camera=(), cross-origin-isolated=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), keyboard-map=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), sync-xhr=(self), usb=(), web-share=(), xr-spatial-tracking=()';
const always = {
  jsonCsp,
  frameOptionsJson: 'DENY',
  referrerJson: 'no-referrer',
  resourcePolicy: 'same-origin',
  cacheControl: 'no-store',
} as const;
const self =
  "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

export const headersLevels: ByLevel<HeadersValues> = {
  basic: {
    ...always,
    htmlCsp: "object-src 'none'; base-uri 'self'; frame-ancestors 'self'",
    htmlCspReportOnly: self,
    hsts: 'max-age=31536000',
    frameOptionsHtml: 'SAMEORIGIN',
    referrerHtml: 'strict-origin-when-cross-origin',
    permissions: few,
    openerHtml: 'same-origin-allow-popups',
    clearSiteData: '',
  },
  standard: {
    ...always,
    htmlCsp: self,
    htmlCspReportOnly: '',
    hsts: 'max-age=31536000; includeSubDomains',
    frameOptionsHtml: 'DENY',
    referrerHtml: 'strict-origin-when-cross-origin',
    permissions: full,
    openerHtml: 'same-origin',
    clearSiteData: '',
  },
  strict: {
    ...always,
    htmlCsp:
      "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    htmlCspReportOnly: '',
    hsts: 'max-age=63072000; includeSubDomains',
    frameOptionsHtml: 'DENY',
    referrerHtml: 'no-referrer',
    permissions: full,
    openerHtml: 'same-origin',
    clearSiteData: '"cache", "cookies", "storage"',
  },
};
