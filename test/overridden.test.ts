import { expect, test } from 'vitest';
import { withOverrides } from '../src/commands/overridden.ts';
import type { Finding } from '../src/findings/finding.ts';
import type { Emitted } from '../src/frameworks/framework.ts';

const place = { file: 'app.js', line: 3 };
const finding = (id: string): Finding => ({
  id,
  severity: 'medium',
  confidence: 'high',
  place,
  message: 'said',
  fix: 'mend',
  cwe: [],
  owasp2021: [],
  owasp2025: [],
  api2023: [],
  asvs: [],
  fingerprint: id,
});
const emitted = (controls: Record<string, boolean>): Emitted => ({
  folder: 'security',
  controls,
  level: 'standard',
  auth: 'jwt',
  place,
});
const all = ['cors/any-origin', 'errors/message-leak', 'auth/none'].map(finding);
const told = (of: readonly Finding[]): string[] =>
  of.map(({ id, severity, message }) => `${id} ${severity} ${message}`);

test('code that the folder overrides is told behind what is open', () => {
  const found = withOverrides(all, emitted({ cors: true, errors: true }), 'express');
  expect(told(found)).toEqual([
    'auth/none medium said',
    'cors/any-origin info overridden by security: said',
    'errors/message-leak info hidden by security in 500s that are no pages: said',
  ]);
});

test('a control that is not installed overrides nothing, nor does one that a framework lacks', () => {
  expect(told(withOverrides(all, undefined, 'express'))).toEqual(told(all));
  expect(told(withOverrides(all, emitted({ cors: false }), 'express'))).toEqual(told(all));
  expect(withOverrides(all, emitted({ errors: true }), 'flask')[1]?.overridden).toBeUndefined();
});
