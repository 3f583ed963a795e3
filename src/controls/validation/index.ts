import { defineControl } from '../control.ts';
import { audit } from './audit.ts';
import { validationLevels } from './levels.ts';
import { probes } from './probes.ts';

export const validation = defineControl({
  id: 'validation',
  title: 'Input validation',
  stops: 'operators, prototype keys, deep or huge bodies that reach a handler',
  dependsOn: [],
  references: ['OWASP Input Validation cheat sheet', 'ASVS 2.2.1'],
  levels: validationLevels,
  audit,
  probes,
});
