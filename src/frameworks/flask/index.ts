import { bareProject } from '../fastapi/bare.ts';
import { projectLayout } from '../fastapi/layout.ts';
import { mountWith } from '../fastapi/mount.ts';
import { recipes } from '../fastapi/recipes.ts';
import { defineFramework } from '../framework.ts';
import { boot } from './boot.ts';
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
  boot,
});
