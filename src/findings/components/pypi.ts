import type { Components } from './component.ts';

const pypi = 'pypi' as const;

/** `domain` facts of November 2026; names in lower case, PyPI names normalised (PEP 503). */
export const pypiComponents: Components = {
  'python-jose': [
    {
      ecosystem: pypi,
      control: 'auth',
      below: '3.4.0',
      why: 'CVE-2024-33663: algorithms are confused',
      use: 'PyJWT 2.12 or joserfc',
    },
    { ecosystem: pypi, control: 'auth', why: 'hardly maintained', use: 'PyJWT 2.12 or joserfc' },
  ],
  passlib: [
    {
      ecosystem: pypi,
      control: 'auth',
      why: 'last release in 2020; it fails with bcrypt 5',
      use: 'argon2-cffi or pwdlib',
    },
  ],
  pyjwt: [
    {
      ecosystem: pypi,
      control: 'auth',
      severity: 'medium',
      below: '2.12.0',
      why: 'keys of any length are taken',
      use: 'PyJWT 2.12 or newer',
    },
  ],
  authlib: [
    {
      ecosystem: pypi,
      control: 'auth',
      severity: 'critical',
      below: '1.6.9',
      why: 'CVE-2026-27962: a token brings its own key',
      use: 'Authlib 1.6.9 or newer',
    },
  ],
  'flask-jwt': [
    { ecosystem: pypi, control: 'auth', why: 'abandoned', use: 'PyJWT or flask-jwt-extended' },
  ],
  pycrypto: [
    {
      ecosystem: pypi,
      control: 'auth',
      severity: 'high',
      below: '999.0.0',
      why: 'CVE-2013-7459, never repaired',
      use: 'cryptography',
    },
  ],
  flask: [
    {
      ecosystem: pypi,
      control: 'auth',
      severity: 'low',
      below: '3.1.3',
      why: 'CVE-2026-27205: a cached answer may hold another visitor’s session',
      use: 'Flask 3.1.3 or newer',
    },
  ],
  'flask-cors': [
    {
      ecosystem: pypi,
      control: 'cors',
      severity: 'medium',
      below: '6.0.0',
      why: 'CVE-2024-6839, CVE-2024-6844, CVE-2024-6866: paths match the wrong policy',
      use: 'Flask-CORS 6.0.2 or newer',
    },
  ],
  starlette: [
    {
      ecosystem: pypi,
      control: 'validation',
      severity: 'medium',
      below: '1.3.1',
      why: 'below the floor of published advisories',
      use: 'starlette 1.3.1 or newer, with a FastAPI that admits it',
    },
  ],
  'python-multipart': [
    {
      ecosystem: pypi,
      control: 'validation',
      below: '0.0.18',
      why: 'CVE-2024-53981: a boundary keeps the process busy',
      use: 'python-multipart 0.0.34 or newer',
    },
  ],
  werkzeug: [
    {
      ecosystem: pypi,
      control: 'validation',
      severity: 'medium',
      below: '3.0.6',
      why: 'CVE-2024-49767: forms fill the memory',
      use: 'Werkzeug 3.1.9 or newer',
    },
  ],
  bleach: [
    { ecosystem: pypi, control: 'validation', why: 'archived after its final release', use: 'nh3' },
  ],
  advocate: [
    {
      ecosystem: pypi,
      control: 'validation',
      why: 'abandoned since 2020',
      use: 'a transport that refuses addresses that are not public',
    },
  ],
  'flask-seasurf': [
    {
      ecosystem: pypi,
      control: 'csrf',
      why: 'hardly maintained',
      use: 'Flask-WTF CSRFProtect, or a Fetch-Metadata check',
    },
  ],
  'starlette-csrf': [
    {
      ecosystem: pypi,
      control: 'csrf',
      why: 'no release since 2023; its token is not bound to a session',
      use: 'a Fetch-Metadata check',
    },
  ],
  'asgi-csrf': [
    {
      ecosystem: pypi,
      control: 'csrf',
      why: 'no release since 2024',
      use: 'a Fetch-Metadata check',
    },
  ],
};
