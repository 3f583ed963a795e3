import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';
import { writeWhole } from './atomic.ts';

/**
 * Writes a file that the user named on the command line: a report, a baseline.
 * @throws KnownError when its folder does not exist or it cannot be written
 */
export function writeOutput(file: string, text: string): void {
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new KnownError(`${file}: there is no folder ${folder}`, 'Make the folder first.');
  }
  try {
    writeWhole(path.resolve(file), Buffer.from(text));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new KnownError(`${file} cannot be written (${String(error.code)})`, 'Name another file.');
  }
}
