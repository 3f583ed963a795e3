import type { Components } from './component.ts';

const npm = 'npm' as const;

/** `domain` facts of November 2026; names in lower case, PyPI names normalised (PEP 503). */
export const npmComponents: Components = {
  csurf: [
    {
      ecosystem: npm,
      control: 'csrf',
      why: 'archived in May 2025',
      use: 'csrf-csrf, csrf-sync or a Fetch-Metadata check',
    },
  ],
  '@dr.pogodin/csurf': [
    {
      ecosystem: npm,
      control: 'csrf',
      why: 'a fork of the archived csurf',
      use: 'csrf-csrf or csrf-sync',
    },
  ],
  'tiny-csrf': [
    { ecosystem: npm, control: 'csrf', why: 'no release for years', use: 'csrf-csrf or csrf-sync' },
  ],
  lusca: [
    { ecosystem: npm, control: 'csrf', why: 'no release for years', use: 'helmet, and csrf-csrf' },
  ],
  'xss-clean': [
    {
      ecosystem: npm,
      control: 'validation',
      why: 'deprecated, and it changes what users typed',
      use: 'a schema, and encoding on output',
    },
  ],
  'express-mongo-sanitize': [
    {
      ecosystem: npm,
      control: 'validation',
      why: 'unmaintained, and it assigns req.query, which Express 5 refuses',
      use: 'a schema that refuses keys with $',
    },
  ],
  hpp: [
    {
      ecosystem: npm,
      control: 'validation',
      why: 'no release for years, and it assigns req.query, which Express 5 refuses',
      use: 'a schema that says string or array',
    },
  ],
  'node-serialize': [
    {
      ecosystem: npm,
      control: 'validation',
      severity: 'critical',
      below: '999.0.0',
      why: 'CVE-2017-5941, never repaired',
      use: 'JSON.parse and a schema',
    },
  ],
  vm2: [
    {
      ecosystem: npm,
      control: 'validation',
      severity: 'critical',
      below: '3.10.0',
      why: 'sandbox escapes (CVE-2023-37466, CVE-2023-37903)',
      use: 'isolated-vm, or a process of its own',
    },
  ],
  multer: [
    {
      ecosystem: npm,
      control: 'validation',
      below: '2.0.2',
      why: 'CVE-2025-7338, CVE-2025-47935: an upload ends the process',
      use: 'multer 2.1 or newer',
    },
  ],
  'body-parser': [
    {
      ecosystem: npm,
      control: 'validation',
      below: '1.20.3',
      why: 'CVE-2024-45590: denial of service by url encoding',
      use: 'body-parser 1.20.3 or newer',
    },
  ],
  express: [
    {
      ecosystem: npm,
      control: 'validation',
      severity: 'medium',
      below: '4.20.0',
      why: 'CVE-2024-29041 and CVE-2024-43796',
      use: 'express 4.22 or 5',
    },
  ],
  'path-to-regexp': [
    {
      ecosystem: npm,
      control: 'validation',
      from: '8.0.0',
      below: '8.4.0',
      why: 'CVE-2026-4923, CVE-2026-4926: patterns that never end',
      use: 'path-to-regexp 8.4.0 or newer',
    },
  ],
  ejs: [
    {
      ecosystem: npm,
      control: 'validation',
      below: '3.1.7',
      why: 'CVE-2022-29078: code in view options',
      use: 'ejs 3.1.10 or newer',
    },
  ],
  'class-validator': [
    {
      ecosystem: npm,
      control: 'validation',
      below: '0.14.0',
      why: 'CVE-2019-18413: unknown values pass by default',
      use: 'class-validator 0.14 or newer',
    },
  ],
  'sanitize-html': [
    {
      ecosystem: npm,
      control: 'validation',
      severity: 'medium',
      below: '2.12.1',
      why: 'CVE-2024-21501',
      use: 'sanitize-html 2.12.1 or newer',
    },
  ],
  'express-brute': [
    {
      ecosystem: npm,
      control: 'ratelimit',
      why: 'abandoned, and it can be bypassed (GHSA-984p-xq9m-4rjw)',
      use: 'express-rate-limit or rate-limiter-flexible',
    },
  ],
  'express-bouncer': [
    {
      ecosystem: npm,
      control: 'ratelimit',
      why: 'abandoned',
      use: 'express-rate-limit or rate-limiter-flexible',
    },
  ],
  'express-rate-limit': [
    {
      ecosystem: npm,
      control: 'ratelimit',
      from: '8.2.0',
      below: '8.2.2',
      why: 'CVE-2026-30827: IPv4 clients share one counter on dual-stack hosts',
      use: 'express-rate-limit 8.7 or newer',
    },
  ],
  jsonwebtoken: [
    {
      ecosystem: npm,
      control: 'auth',
      severity: 'medium',
      below: '9.0.0',
      why: 'CVE-2022-23539, CVE-2022-23540, CVE-2022-23541: weak key types and algorithms',
      use: 'jsonwebtoken 9.0.3, better jose',
    },
  ],
  'express-jwt': [
    {
      ecosystem: npm,
      control: 'auth',
      below: '6.0.0',
      why: 'CVE-2020-15084: algorithms are not checked',
      use: 'jose, or express-oauth2-jwt-bearer',
    },
  ],
  'jwt-simple': [
    {
      ecosystem: npm,
      control: 'auth',
      why: 'no release for years; the algorithm comes from the token unless it is named',
      use: 'jose',
    },
  ],
  'express-jwt-blacklist': [
    {
      ecosystem: npm,
      control: 'auth',
      why: 'no release for years',
      use: 'short tokens, and a refresh family that can be revoked',
    },
  ],
  'bcrypt-nodejs': [
    { ecosystem: npm, control: 'auth', why: 'deprecated by its author', use: '@node-rs/argon2' },
  ],
  passport: [
    {
      ecosystem: npm,
      control: 'auth',
      severity: 'medium',
      below: '0.6.0',
      why: 'CVE-2022-25896: the session stays the same at sign-in',
      use: 'passport 0.7',
    },
  ],
  'passport-saml': [
    {
      ecosystem: npm,
      control: 'auth',
      severity: 'high',
      below: '999.0.0',
      why: 'renamed; CVE-2025-54419 is repaired in the successor only',
      use: '@node-saml/passport-saml 5.1 or newer',
    },
  ],
  'crypto-js': [
    { ecosystem: npm, control: 'auth', why: 'discontinued by its author', use: 'node:crypto' },
  ],
};
