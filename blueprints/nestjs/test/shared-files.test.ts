import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const here = join(import.meta.dirname, '../src/security');
const there = join(import.meta.dirname, '../../express/src/security');
/** What mounts the controls differs; `policy` and `schemas` are printed. */
const own = ['index.ts', 'routes.ts', 'gate.ts', 'policy.ts', 'schemas.ts'];

test.each(readdirSync(there).filter((name) => !own.includes(name)))(
  '%s is the same in Express and Nest',
  (name) => {
    expect(readFileSync(join(here, name), 'utf8')).toBe(readFileSync(join(there, name), 'utf8'));
  },
);
