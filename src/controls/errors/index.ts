import { defineControl } from '../control.ts';
import { audit } from './audit.ts';
import { errorsLevels } from './levels.ts';
import { probes } from './probes.ts';

export const errors = defineControl({
  id: 'errors',
  title: 'Error handling',
  stops: 'stack traces, messages and framework pages that tell an attacker about the inside',
  dependsOn: [],
  references: ['RFC 9457', 'ASVS 16.5.1'],
  levels: errorsLevels,
  audit,
  probes,
});
