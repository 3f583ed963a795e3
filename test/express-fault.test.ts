import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { spawnApp } from '../src/proof/process.ts';

const root = path.join(import.meta.dirname, '..');
const script = path.join(root, 'src/frameworks/express/live/fault.cjs');

/** An application whose own handler shows an error’s message, under a start that may throw inside. */
async function answer(
  extension: 'cjs' | 'mjs',
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fault-'));
  symlinkSync(
    path.join(root, 'blueprints/express/node_modules'),
    path.join(folder, 'node_modules'),
  );
  writeFileSync(path.join(folder, 'package.json'), '{}');
  // Settings that throw at a name which they do not have, as envalid makes them.
  writeFileSync(
    path.join(folder, 'settings.cjs'),
    'module.exports = new Proxy({}, { get(_, name) { throw new Error(String(name)); } });\n',
  );
  const load =
    extension === 'cjs' ? "const express = require('express');" : "import express from 'express';";
  writeFileSync(
    path.join(folder, `app.${extension}`),
    `${load}
${extension === 'cjs' ? "require('./settings.cjs');" : ''}
const app = express();
app.use((req, res, next) => next());
app.get('/', (req, res) => res.send('fine'));
app.use((error, req, res, next) => res.status(500).send(error.message));
app.listen(process.env.PORT, '127.0.0.1');
`,
  );
  const env = { NODE_OPTIONS: `--require ${JSON.stringify(script)}`, SECURE_PROOF_FAULT: 'word' };
  const app = await spawnApp({ argv: ['node', `app.${extension}`], cwd: folder, env });
  try {
    const got = await fetch(`http://127.0.0.1:${app.port}/`, { headers });
    return { status: got.status, text: await got.text() };
  } finally {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each(['cjs', 'mjs'] as const)(
  'an error is thrown inside of app.%s where it is asked for',
  async (form) => {
    const thrown = await answer(form, { 'x-secure-proof': 'word' });
    expect(thrown).toEqual({ status: 500, text: expect.stringContaining('secure-proof-fault') });
    expect(await answer(form, { 'x-secure-proof': 'another' })).toEqual({
      status: 200,
      text: 'fine',
    });
    expect(await answer(form, {})).toEqual({ status: 200, text: 'fine' });
  },
);
