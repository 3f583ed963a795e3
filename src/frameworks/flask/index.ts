import { defineFramework } from '../framework.ts';
import { bareProject } from '../python/bare.ts';
import { projectLayout } from '../python/layout.ts';
import { mountWith } from '../python/mount.ts';
import { recipes } from '../python/recipes.ts';
import { boot } from './boot.ts';
import { liveTable } from './live/table.ts';
import { printSchemas } from './print.ts';
import { readFlask } from './reader.ts';

export const flask = defineFramework({
  id: 'flask',
  title: 'Flask',
  majors: [3],
  authTypes: ['jwt', 'session', 'apikey'],
  read: readFlask,
  recipes,
  bare: bareProject,
  layout: projectLayout,
  mount: mountWith({
    files: ['wsgi.py', 'body_schema.py'],
    printed: (policy) => ({ 'schemas.py': printSchemas(policy) }),
  }),
  live: liveTable,
  boot,
});
