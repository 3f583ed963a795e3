import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..');
/** Below `node_modules`, so that nothing but node itself loads them. */
const forms = join(folder, 'node_modules/.forms');

/** The JavaScript forms as the build writes them, each in a project that has one major of Express. */
export default async function writeForms(): Promise<void> {
  const build: { writeBlueprints: (target: string, names: string[]) => void } = await import(
    join(folder, '../../scripts/blueprints.mjs')
  );
  const written = mkdtempSync(join(os.tmpdir(), 'blueprint-forms-'));
  build.writeBlueprints(written, ['express']);
  rmSync(forms, { recursive: true, force: true });
  for (const major of ['4', '5']) {
    for (const form of ['esm', 'cjs']) {
      const project = projectOf(major, form);
      mkdirSync(join(project, 'node_modules'), { recursive: true });
      cpSync(join(written, 'express', form), join(project, 'security'), { recursive: true });
      const type = form === 'esm' ? 'module' : 'commonjs';
      writeFileSync(join(project, 'package.json'), JSON.stringify({ type }));
      link(project, 'express', major === '4' ? 'express4' : 'express');
      // A CommonJS project gets the jose that `require` loads everywhere.
      if (form === 'cjs') link(project, 'jose', 'jose5');
    }
  }
  rmSync(written, { recursive: true });
}

export function projectOf(major: string, form: string): string {
  return join(forms, `express${major}-${form}`);
}

function link(project: string, name: string, to: string): void {
  symlinkSync(join(folder, 'node_modules', to), join(project, 'node_modules', name), 'dir');
}
