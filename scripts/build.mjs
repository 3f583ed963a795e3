// Bundles the command line and copies what it reads at run time: grammars, blueprints, explanations.
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeBlueprints } from './blueprints.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Made beside and put in place in one step: a command that runs meanwhile finds a whole build.
const dist = join(root, `dist.${process.pid}`);

await build({
  absWorkingDir: root,
  entryPoints: ['src/cli.ts', 'src/index.ts'],
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  target: 'node20.19',
  external: ['oxc-parser', 'oxc-resolver', 'web-tree-sitter'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

for (const language of readdirSync(join(root, 'src/languages'))) {
  const folder = join(root, 'src/languages', language);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.wasm'))) {
    cpSync(join(folder, file), join(dist, file));
  }
}
for (const control of readdirSync(join(root, 'src/controls'))) {
  const readme = join(root, 'src/controls', control, 'README.md');
  if (!existsSync(readme)) continue;
  mkdirSync(join(dist, 'explain'), { recursive: true });
  cpSync(readme, join(dist, 'explain', `${control}.md`));
}
for (const framework of readdirSync(join(root, 'src/frameworks'))) {
  const live = join(root, 'src/frameworks', framework, 'live');
  if (!existsSync(live)) continue;
  // In the same folders, because scripts load what they share with another framework's.
  cpSync(live, join(dist, 'frameworks', framework, 'live'), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts') && !path.includes('__pycache__'),
  });
}
await writeBlueprints(join(dist, 'blueprints'));

const place = join(root, 'dist');
const old = `${dist}.old`;
if (existsSync(place)) renameSync(place, old);
renameSync(dist, place);
rmSync(old, { recursive: true, force: true });
