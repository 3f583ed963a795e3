import { defineFramework } from '../framework.ts';
import { bareProject } from '../javascript/bare.ts';
import { projectLayout } from '../javascript/layout.ts';
import { recipes } from '../javascript/recipes.ts';
import { boot } from './boot.ts';
import { liveTable } from './live/table.ts';
import { mount } from './mount.ts';
import { readExpress } from './reader.ts';

export const express = defineFramework({
  id: 'express',
  title: 'Express',
  majors: [4, 5],
  authTypes: ['jwt', 'session', 'apikey'],
  read: readExpress,
  recipes,
  bare: bareProject,
  layout: projectLayout,
  mount,
  live: liveTable,
  fault: 'fault.cjs',
  boot,
});
