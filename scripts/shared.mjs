// What the blueprints of one language share stands once, in `blueprints/javascript` and `blueprints/python`. Each
// framework's folder gets a copy, ignored by git, so that compilers and tests see the folder as a project has it.
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const languages = [
  { name: 'javascript', manifest: 'package.json', places: { security: 'src/security' } },
  { name: 'python', manifest: 'pyproject.toml', places: { security: 'security', tests: 'tests' } },
];

/** Brings the copies of every blueprint up to date. @throws where a copy was edited in place of its source */
export function shareBlueprints(folder = join(root, 'blueprints')) {
  for (const name of readdirSync(folder)) {
    const language = languages.find((one) => existsSync(join(folder, name, one.manifest)));
    if (language === undefined) continue;
    for (const [part, place] of Object.entries(language.places))
      share(join(folder, language.name, part), join(folder, name, place));
  }
}

function share(from, to) {
  const names = readdirSync(from).filter((name) => /\.(?:ts|py)$/.test(name));
  const ignore = join(to, '.gitignore');
  const before = existsSync(ignore) ? readFileSync(ignore, 'utf8').trim().split('\n') : [];
  for (const gone of before.filter((name) => name !== '.gitignore' && !names.includes(name)))
    rmSync(join(to, gone), { force: true });
  for (const name of names) copy(join(from, name), join(to, name));
  writeFileSync(ignore, `${['.gitignore', ...names].join('\n')}\n`);
}

function copy(source, target) {
  if (existsSync(target)) {
    if (readFileSync(target).equals(readFileSync(source))) return;
    if (statSync(target).mtimeMs > statSync(source).mtimeMs)
      throw new Error(
        `${relative(root, target)} is a copy and was edited: take the change to ${relative(root, source)}`,
      );
    rmSync(target);
  }
  cpSync(source, target, { preserveTimestamps: true });
  chmodSync(target, 0o444);
}
