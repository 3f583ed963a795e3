// The requirement's own sample code as a program: taken from its document at run time, never part of this repository.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from 'esbuild';

/**
 * Writes the Express samples of a document and the example's own routers behind them.
 * @returns the file that starts it, relative to the folder
 */
export function writePrototype(document, folder) {
  rmSync(join(folder, 'example'), { recursive: true, force: true });
  renameSync(join(folder, 'src'), join(folder, 'example'));
  writeFileSync(join(folder, 'example', 'package.json'), '{"type":"module"}\n');
  const samples = samplesOf(document);
  if (!samples.has('app.ts')) throw new Error('the document has no Express sample `// src/app.ts`');
  for (const [file, source] of samples) {
    const at = join(folder, 'src', file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(at), { recursive: true });
    // Limiters that count and never refuse, as in the hardened example.
    const raised = source.replace(/(windowMs: \d+,\s+max: )\d+/g, '$11000000000');
    const { code } = transformSync(raised, { loader: 'ts', format: 'cjs', target: 'node20' });
    writeFileSync(at, code);
  }
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  delete manifest.type;
  manifest.dependencies = {
    ...dependenciesOf(document),
    multer: manifest.dependencies.multer,
    express: '^4.22.0',
  };
  writeFileSync(file, JSON.stringify(manifest));
  rmSync(join(folder, 'package-lock.json'), { force: true });
  writeFileSync(join(folder, 'main.mjs'), main);
  return 'main.mjs';
}

const main = `import security from './src/app.js';
import auth from './src/middleware/auth.js';
import notes from './example/routes/notes.js';

const app = security.default;
app.use('/api/notes', auth.authenticate(), notes);
export const token = auth.generateTokens({ id: '1', email: 'bench@example.com', roles: ['user'] }).accessToken;
export default app;
`;

/** TypeScript blocks that begin with their path, below a heading that names Express. */
function samplesOf(document) {
  const found = new Map();
  let heading = '';
  for (const part of document.matchAll(/^#+ (.*)$|^```typescript\n([\s\S]*?)^```/gm)) {
    if (part[1] !== undefined) heading = part[1];
    const path = /^\/\/ src\/([\w./-]+\.ts)\n/.exec(part[2] ?? '')?.[1];
    if (path !== undefined && heading.includes('Express.js') && !path.includes('..'))
      found.set(path, part[2]);
  }
  return found;
}

function dependenciesOf(document) {
  for (const [, text] of document.matchAll(/^```json\n([\s\S]*?)^```/gm)) {
    const { dependencies } = JSON.parse(text);
    if (dependencies !== undefined) return dependencies;
  }
  throw new Error('the document has no JSON block with dependencies');
}
