import { defineControl } from '../control.ts';
import { audit } from './audit.ts';
import { loggingLevels } from './levels.ts';
import { probes } from './probes.ts';

export const logging = defineControl({
  id: 'logging',
  title: 'Security logging',
  stops: 'attacks that leave no trace, and logs that hold secrets',
  dependsOn: [],
  references: ['OWASP Logging cheat sheet', 'ASVS 16.2.1, 16.3'],
  levels: loggingLevels,
  audit,
  probes,
});
