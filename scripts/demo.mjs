// `npm run demo`: secures the example API from nothing, and prints before, the proof, and after.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, installed, must, root, run } from './steps.mjs';

installed();
must(['node', 'scripts/build.mjs']);

const example = join(cache, 'demo', 'express');
rmSync(example, { recursive: true, force: true });
mkdirSync(example, { recursive: true });
cpSync(join(root, 'examples/express'), example, {
  recursive: true,
  filter: (path) => !path.includes('node_modules'),
});
installed(example);

const secure = (...args) => run(['node', join(root, 'dist/cli.js'), ...args], { cwd: example });

heading('before: what the example looks like from outside');
secure('audit', '.', '--fail-on', 'critical');
heading('harden: level standard, JSON Web Tokens');
if (secure('apply', '.', '--yes', '--auth', 'jwt', '--level', 'standard') !== 0) process.exit(1);
heading('prove: boot it and probe every control, then take each control out');
const proof = secure(
  'verify',
  '.',
  '--mutate',
  '--report',
  'security.html',
  '--report',
  'security.md',
);
heading('after');
secure('audit', '.');
console.log(
  `\nThe hardened example stands in ${example.slice(root.length + 1)}; security.html is the report.`,
);
console.log('Give it back byte for byte: node dist/cli.js undo .cache/demo/express');
process.exit(proof);

function heading(text) {
  console.log(`\n── ${text}\n`);
}
