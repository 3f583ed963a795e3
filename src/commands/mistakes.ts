import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { KnownError } from '../kernel/errors.ts';
import { reporterFor, reporters } from '../reports/index.ts';
import type { Options } from './options.ts';
import { wordsOf } from './words.ts';

/**
 * Refuses options that could only fail later: an apply shall not write first and then find out that its report
 * has no folder.
 * @throws KnownError before any work is done
 */
export function refuseMistakes(options: Options): void {
  for (const file of options.report) refuseReport(file);
  if (options.updateBaseline) refuseBaseline(options.baseline);
  if (options.start !== undefined) wordsOf(options.start);
  if (options.url !== undefined) refuseUrl(options.url);
}

function refuseReport(file: string): void {
  if (reporterFor(file) === undefined) {
    throw new KnownError(
      `--report ${file}: the ending says no format`,
      `Use one of .${Object.keys(reporters).join(', .')}.`,
    );
  }
  refuseFolder('--report', file);
}

function refuseBaseline(file: string | undefined): void {
  if (file !== undefined) {
    refuseFolder('--baseline', file);
    return;
  }
  throw new KnownError(
    '--update-baseline does not say which file to write',
    'Add --baseline and a file name: --baseline secure-baseline.json --update-baseline.',
  );
}

function refuseFolder(option: string, file: string): void {
  const folder = path.dirname(path.resolve(file));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new KnownError(`${option} ${file}: there is no folder ${folder}`, 'Make it first.');
  }
  if (existsSync(file) && statSync(file).isDirectory()) {
    throw new KnownError(`${option} ${file}: that is a folder`, 'Give the name of a file.');
  }
}

function refuseUrl(url: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return;
  throw new KnownError(
    `--url ${url}: that is no address of a web application`,
    'Write it with its scheme and port: --url http://127.0.0.1:3000.',
  );
}
