import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Every test runs on each Nest major that is installed: 11 here, the others below `majors`. */
const packages = ['@nestjs/common', '@nestjs/core', '@nestjs/testing', '@nestjs/platform-express'];
const majors = ['10', '12'];
const include = ['test/*.test.ts'];

function aliases(major: string): { find: string; replacement: string }[] {
  return packages.flatMap((name) => {
    const folder = join(major, 'node_modules', name);
    if (!existsSync(folder)) throw new Error(`${name} is not installed in ${major}`);
    return [{ find: name, replacement: folder }];
  });
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 30_000,
    // The applications under test write their events.
    silent: 'passed-only',
    projects: [
      { extends: true, test: { name: 'compilers', include: ['test/once/*.test.ts'] } },
      { extends: true, test: { name: 'nest11', include, env: { NEST: 'nestjs' } } },
      ...majors.map((major) => ({
        extends: true as const,
        resolve: { alias: aliases(join(import.meta.dirname, 'majors', major)) },
        test: { name: `nest${major}`, include, env: { NEST: `majors/${major}` } },
      })),
    ],
  },
});
