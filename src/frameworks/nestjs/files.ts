/** What mounts the shared files in Nest: a module, a guard, a filter and the layer around the adapter. */
export const own = [
  'module.ts',
  'security.ts',
  'outermost.ts',
  'guard.ts',
  'filter.ts',
  'endpoints.ts',
  'decorators.ts',
] as const;
