import type { Components } from './components/component.ts';
import { goComponents } from './components/go.ts';
import { npmComponents } from './components/npm.ts';
import { pypiComponents } from './components/pypi.ts';

export type { Component } from './components/component.ts';

/** Every library that is known to be harmful on the request path, by name. */
export const components: Components = { ...npmComponents, ...pypiComponents, ...goComponents };
