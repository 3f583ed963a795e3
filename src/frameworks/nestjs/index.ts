import { defineFramework } from '../framework.ts';
import { bareProject } from './bare.ts';
import { boot } from './boot.ts';
import { projectLayout } from './layout.ts';
import { liveTable } from './live/table.ts';
import { mount } from './mount.ts';
import { readNestjs } from './reader.ts';
import { majors, recipes } from './recipes.ts';

export const nestjs = defineFramework({
  id: 'nestjs',
  title: 'NestJS',
  majors,
  authTypes: ['jwt', 'session', 'apikey'],
  read: readNestjs,
  recipes,
  bare: bareProject,
  layout: projectLayout,
  mount,
  live: liveTable,
  boot,
});
