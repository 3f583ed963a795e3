import { defineControl } from '../control.ts';
import { audit } from './audit.ts';
import { headersLevels } from './levels.ts';
import { probes } from './probes.ts';

export const headers = defineControl({
  id: 'headers',
  title: 'Security headers',
  stops: 'browsers that frame, sniff, cache or script what an API answers',
  dependsOn: [],
  references: ['OWASP HTTP Headers cheat sheet', 'OWASP Secure Headers Project', 'ASVS 3.4'],
  levels: headersLevels,
  audit,
  probes,
});
