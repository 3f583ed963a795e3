import { defineControl } from '../control.ts';
import { audit } from './audit.ts';
import { csrfLevels } from './levels.ts';
import { probes } from './probes.ts';

export const csrf = defineControl({
  id: 'csrf',
  title: 'CSRF',
  stops: "foreign sites that write with a visitor's cookie",
  dependsOn: ['auth'],
  references: ['OWASP CSRF cheat sheet', 'ASVS 3.5.1'],
  levels: csrfLevels,
  audit,
  probes,
});
