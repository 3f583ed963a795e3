import { defineControl } from '../control.ts';
import { audit } from './audit.ts';
import { authzLevels } from './levels.ts';
import { probes } from './probes.ts';

export const authz = defineControl({
  id: 'authz',
  title: 'Authorization',
  stops: 'users who act beyond their role, and routes that nobody decided about',
  dependsOn: ['auth'],
  references: ['OWASP Authorization cheat sheet', 'ASVS 8.2.1'],
  levels: authzLevels,
  audit,
  probes,
});
