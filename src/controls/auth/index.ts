import { defineControl } from '../control.ts';
import { audit } from './audit.ts';
import { authLevels } from './levels.ts';
import { probes } from './probes.ts';

export const auth = defineControl({
  id: 'auth',
  title: 'Authentication',
  stops: 'callers whom nobody has identified',
  dependsOn: ['validation'],
  references: ['RFC 8725', 'RFC 9700', 'NIST SP 800-63B-4', 'ASVS 6, 7, 9'],
  levels: authLevels,
  audit,
  probes,
});
