// A program that the tests need and that Debian packages: found, or installed from Debian.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { must } from './steps.mjs';

let updated = false;

/** The absolute path of a program on PATH; installs its Debian package when it is not there. */
export function program(names, debianPackage) {
  const found = onPath(names);
  if (found) return found;
  const apt = onPath(['apt-get']);
  if (!apt || process.getuid?.() !== 0) {
    console.error(
      `${names[0]} is not installed: install it (Debian: apt-get install ${debianPackage}), then run this again`,
    );
    process.exit(2);
  }
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' } };
  console.log(`${debianPackage}: installing Debian's package`);
  if (!updated) must([apt, 'update', '-qq'], quiet);
  updated = true;
  // The program alone: nothing may start the system's own service of it.
  must(
    [
      apt,
      'install',
      '-o',
      'DPkg::Lock::Timeout=120',
      '-qq',
      '-y',
      '--no-install-recommends',
      debianPackage,
    ],
    {
      ...quiet,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  return onPath(names);
}

function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of names)
    for (const folder of folders) if (existsSync(join(folder, name))) return join(folder, name);
}
