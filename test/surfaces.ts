import { memoryTree } from '../src/kernel/tree.ts';
import type { Project } from '../src/project/project.ts';
import type { Route, Surface } from '../src/surface/surface.ts';

/** A route with everything unremarkable; a test names what matters to it. */
export function route(id: string, over: Partial<Route> = {}): Route {
  const [method, path] = id.split(' ') as [string, string];
  const place = { file: 'src/app.js', line: 1 };
  return {
    id,
    method,
    path,
    template: path.replace(/:(\w+)/g, '{$1}'),
    kind: 'http',
    place,
    handler: { name: undefined, place },
    params: [],
    body: 'none',
    response: 'json',
    guards: [],
    credentials: [],
    sensitivity: [],
    traits: [],
    confidence: 'high',
    ...over,
  };
}

export function surface(over: Partial<Surface> = {}): Surface {
  return {
    routes: [],
    guards: [],
    errorHandlers: [],
    facts: [],
    unresolved: [],
    notAnalysed: [],
    apps: [],
    read: { files: 0, bytes: 0 },
    ...over,
  };
}

export function project(files: Record<string, string> = {}, over: Partial<Project> = {}): Project {
  return {
    root: '/project',
    tree: memoryTree(files),
    language: 'javascript',
    framework: 'express',
    frameworkVersion: '5.1.0',
    frameworkMajor: 5,
    manifest: 'package.json',
    modules: 'esm',
    typescript: false,
    packageManager: 'npm',
    entry: 'src/app.js',
    start: undefined,
    test: undefined,
    member: '',
    dependencies: {},
    notes: [],
    ...over,
  };
}
