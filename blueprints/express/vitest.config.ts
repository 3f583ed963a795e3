import { defineConfig } from 'vitest/config';

/** Both majors of Express, and each form in which the folder goes into projects. */
const runs = [
  { major: '4', form: 'ts' },
  { major: '4', form: 'cjs' },
  { major: '5', form: 'ts' },
  { major: '5', form: 'esm' },
];
const shared = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    globalSetup: 'test/forms.ts',
    maxWorkers: 2,
    // The applications under test write their events.
    silent: 'passed-only',
    projects: [
      ...runs.map(({ major, form }) => ({
        resolve: { alias: major === '4' ? [{ find: /^express$/, replacement: 'express4' }] : [] },
        test: {
          ...shared,
          name: `express${major}-${form}`,
          include: ['test/*.test.ts'],
          env: { FORM: form, MAJOR: major },
        },
      })),
      { test: { ...shared, name: 'compilers', include: ['test/once/*.test.ts'] } },
    ],
  },
});
