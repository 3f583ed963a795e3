import { defineFramework } from '../framework.ts';
import { bareProject } from './bare.ts';
import { boot } from './boot.ts';
import { projectLayout } from './layout.ts';
import { mountWith } from './mount.ts';
import { readFastapi } from './reader.ts';
import { recipes } from './recipes.ts';

export const fastapi = defineFramework({
  id: 'fastapi',
  title: 'FastAPI',
  majors: [0],
  authTypes: ['jwt', 'session', 'apikey'],
  read: readFastapi,
  recipes,
  bare: bareProject,
  layout: projectLayout,
  mount: mountWith({ files: ['asgi.py'], printed: () => ({}) }),
  boot,
});
