import { defineControl } from '../control.ts';
import { audit } from './audit.ts';
import { corsLevels } from './levels.ts';
import { probes } from './probes.ts';

export const cors = defineControl({
  id: 'cors',
  title: 'CORS',
  stops: "foreign sites that read answers with a visitor's credentials",
  dependsOn: [],
  references: ['CWE-942', 'ASVS 3.4.2'],
  levels: corsLevels,
  audit,
  probes,
});
