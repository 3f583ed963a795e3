import { defineFramework } from '../framework.ts';
import { bareProject } from '../python/bare.ts';
import { projectLayout } from '../python/layout.ts';
import { mountWith } from '../python/mount.ts';
import { recipes } from '../python/recipes.ts';
import { boot } from './boot.ts';
import { liveTable } from './live/table.ts';
import { readFastapi } from './reader.ts';

export const fastapi = defineFramework({
  id: 'fastapi',
  title: 'FastAPI',
  majors: [0],
  authTypes: ['jwt', 'session', 'apikey'],
  read: readFastapi,
  recipes,
  bare: bareProject,
  layout: projectLayout,
  mount: mountWith({ files: ['asgi.py', 'docs.py'], printed: () => ({}) }),
  live: liveTable,
  boot,
});
