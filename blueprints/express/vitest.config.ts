import { defineConfig } from 'vitest/config';

const majors = ['4', '5'];
const forms = ['ts', 'esm', 'cjs'];
const shared = { testTimeout: 30_000, hookTimeout: 60_000 };

/** Every test runs on both majors of Express, in each form in which the folder goes into projects. */
export default defineConfig({
  test: {
    globalSetup: 'test/forms.ts',
    maxWorkers: 2,
    // The applications under test write their events.
    silent: 'passed-only',
    projects: [
      ...majors.flatMap((major) =>
        forms.map((form) => ({
          resolve: { alias: major === '4' ? [{ find: /^express$/, replacement: 'express4' }] : [] },
          test: {
            ...shared,
            name: `express${major}-${form}`,
            include: ['test/*.test.ts'],
            env: { FORM: form, MAJOR: major },
          },
        })),
      ),
      { test: { ...shared, name: 'compilers', include: ['test/once/*.test.ts'] } },
    ],
  },
});
