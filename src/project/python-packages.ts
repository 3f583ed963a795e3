import { coerce, lt } from 'semver';
import type { AddedPackages, ManifestEdit, Wanted } from './packages.ts';
import { folderOf, joined } from './paths.ts';
import type { Project } from './project.ts';
import { inPipfile, inPyproject } from './pyproject.ts';
import {
  compileCommand,
  normalName,
  requirementFiles,
  requirementLines,
  requirementOf,
} from './python-manifests.ts';
import { inRequirements } from './requirements.ts';
import { inSetupCfg } from './setup-cfg.ts';
import { lowestOf } from './versions.ts';

/** Declares packages in requirements.txt, pyproject.toml or Pipfile, in the style of what stands there. Pure. */
export function addToPython(project: Project, wanted: readonly Wanted[]): AddedPackages {
  const declared = declaredFor(project);
  const file = project.manifest;
  const missing = wanted.filter(({ name }) => !declared.has(bareName(name)));
  const constraints = constraintsFor(project);
  const notes = wanted.flatMap((each) => [
    ...(declared.has(bareName(each.name))
      ? []
      : tooOld(each, constraints.get(bareName(each.name)))),
    ...tooOld(each, declared.get(bareName(each.name))),
    ...withoutExtra(each, declared, project.tree.read(file) ?? ''),
  ]);
  if (missing.length === 0) {
    const edits = [{ end: 'there', file, why: 'every package is declared' } as const];
    return { edits, install: undefined, notes };
  }
  const edit = editOf(file, project.tree.read(file) ?? '', missing);
  const edited = edit.end === 'edited';
  const compiled = file.replace(/\.in$/, '.txt');
  if (edited && compiled !== file && project.tree.has(compiled)) {
    const again = compileCommand(compiled, file, project.tree.read(compiled) ?? '');
    notes.push(`${compiled} is compiled from ${file}: ${again}`);
  }
  return { edits: [edit], install: edited ? installOf(project, missing) : undefined, notes };
}

function bareName(name: string): string {
  return normalName(name.replace(/\[.*\]$/, ''));
}

/**
 * What is installed in production. A requirements file that only tests install does not count, so that a
 * package which stands in it alone is declared again where it is needed.
 */
function declaredFor({ manifest, tree, dependencies }: Project): Map<string, string> {
  if (!/\.(?:txt|in)$/.test(manifest)) return new Map(Object.entries(dependencies));
  const files = new Set([manifest]);
  const all = new Map<string, string>();
  for (const file of files) {
    const text = tree.read(file) ?? '';
    for (const line of requirementLines(text)) {
      const one = requirementOf(line);
      if (one !== undefined) all.set(one.name, one.version);
    }
    for (const to of included(file, text, /^\s*(?:-r|--requirement)[ =]*(\S+)/gm)) files.add(to);
  }
  return all;
}

/** What `-c` files allow at most; a package that they name need not be declared anywhere. */
function constraintsFor({ tree }: Project): Map<string, string> {
  const files = requirementFiles(tree).flatMap((file) =>
    included(file, tree.read(file) ?? '', /^\s*(?:-c|--constraint)[ =]*(\S+)/gm),
  );
  const lines = files.flatMap((file) => requirementLines(tree.read(file) ?? ''));
  return new Map(
    lines.flatMap((line) => {
      const one = requirementOf(line);
      return one === undefined ? [] : [[one.name, one.version]];
    }),
  );
}

function included(file: string, text: string, option: RegExp): string[] {
  return [...text.matchAll(option)].map((match) => joined(folderOf(file), match[1] ?? ''));
}

/** A pin or an upper bound below what the added code needs: the owner decides about it. */
function tooOld({ name, range }: Wanted, declared: string | undefined): string[] {
  const least = lowestOf(range);
  if (declared === undefined || least === undefined) return [];
  const pin = /(?:^|,)\s*(?:===?|~=|<=?|\^|~)\s*(\d[\d.]*)/.exec(declared)?.[1];
  const highest = pin === undefined ? null : coerce(pin);
  const open =
    /[~^]/.test(declared) &&
    highest !== null &&
    coerce(least)?.major === highest.major &&
    highest.major > 0;
  if (highest === null || open || !lt(highest, least)) return [];
  return [
    `${bareName(name)} ${declared} is declared and stays; the added code is tested with ${range}`,
  ];
}

/** The package is there, but not the part of it that the added code uses. */
function withoutExtra(
  { name }: Wanted,
  declared: ReadonlyMap<string, string>,
  manifest: string,
): string[] {
  const extras = /\[(.*)\]$/.exec(name)?.[1]?.split(',') ?? [];
  const absent = extras.filter((extra) => !manifest.includes(extra.trim()));
  if (absent.length === 0 || !declared.has(bareName(name))) return [];
  return [`${bareName(name)} is declared without ${name.slice(name.indexOf('['))}: add that`];
}

function editOf(file: string, text: string, missing: readonly Wanted[]): ManifestEdit {
  if (file.endsWith('.toml')) return inPyproject(file, text, missing);
  if (file === 'Pipfile') return inPipfile(file, text, missing);
  if (/\.(?:txt|in)$/.test(file)) return inRequirements(file, text, missing);
  if (file === 'setup.cfg') return inSetupCfg(file, text, missing);
  const paste = missing.map(({ name, range }) => `${name}${range}`).join('\n');
  const why = file.startsWith('environment.')
    ? 'conda declares the packages: add these below `- pip:` in it, then conda env update'
    : 'a program declares the packages: add these to install_requires in it, then pip install .';
  return { end: 'cannot', file, why, paste };
}

/** Only what is missing is resolved where the tool allows it; nothing else moves to another version. */
function installOf(
  { packageManager, manifest }: Project,
  missing: readonly Wanted[],
): { argv: readonly string[] } | undefined {
  if (packageManager === 'uv') return { argv: ['uv', 'sync'] };
  if (packageManager === 'poetry')
    return {
      argv: ['poetry', 'update', '--no-interaction', ...missing.map(({ name }) => bareName(name))],
    };
  if (packageManager === 'pdm') return { argv: ['pdm', 'install'] };
  if (packageManager === 'pipenv') return { argv: ['pipenv', 'install'] };
  const pip = ['python3', '-m', 'pip', 'install', '--disable-pip-version-check', '-q'];
  if (/\.(?:txt|in)$/.test(manifest)) return { argv: [...pip, '-r', manifest] };
  // `-e .` would build the project itself, which many a project in pyproject.toml cannot be.
  return { argv: [...pip, ...missing.map(({ name, range }) => `${name}${range}`)] };
}
