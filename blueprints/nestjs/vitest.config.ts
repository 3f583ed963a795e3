import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Every test runs on each Nest major that is installed: 11 here, the others below `majors`. */
const packages = ['@nestjs/common', '@nestjs/core', '@nestjs/testing', '@nestjs/platform-express'];
const majors = ['10', '12'].map((major) => join(import.meta.dirname, 'majors', major));

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
    projects: [
      { extends: true, test: { name: 'nest11', include: ['test/*.test.ts'] } },
      ...majors.map((major) => ({
        extends: true as const,
        resolve: { alias: aliases(major) },
        test: { name: `nest${major.slice(-2)}`, include: ['test/*.test.ts'] },
      })),
    ],
  },
});
