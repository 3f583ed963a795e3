import type { Components } from './component.ts';

/** `domain` facts of November 2026; names in lower case, PyPI names normalised (PEP 503). */
export const goComponents: Components = {
  'github.com/dgrijalva/jwt-go': [
    {
      ecosystem: 'go',
      control: 'auth',
      severity: 'high',
      below: '999.0.0',
      why: 'CVE-2020-26160; moved',
      use: 'github.com/golang-jwt/jwt/v5',
    },
  ],
  'github.com/gin-gonic/gin': [
    {
      ecosystem: 'go',
      control: 'validation',
      severity: 'medium',
      below: '1.9.1',
      why: 'CVE-2023-29401: file names in headers',
      use: 'gin 1.9.1 or newer',
    },
  ],
};
