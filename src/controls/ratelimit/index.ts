import { defineControl } from '../control.ts';
import { audit } from './audit.ts';
import { ratelimitLevels } from './levels.ts';
import { probes } from './probes.ts';

export const ratelimit = defineControl({
  id: 'ratelimit',
  title: 'Rate limiting',
  stops: 'guessing passwords without end, and one client that takes all capacity',
  dependsOn: [],
  references: ['OWASP Authentication cheat sheet', 'NIST SP 800-63B', 'ASVS 6.3.1'],
  levels: ratelimitLevels,
  audit,
  probes,
});
