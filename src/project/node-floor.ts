import { coerce, minVersion, rsort, validRange } from 'semver';
import type { Project } from './project.ts';
import { at } from './toml.ts';
import { jsonOf } from './versions.ts';

const named: Readonly<Record<string, string>> = {
  hydrogen: '18.0.0',
  iron: '20.0.0',
  jod: '22.0.0',
  krypton: '24.0.0',
};

/**
 * The oldest Node that the project really runs on: the newest of what its manifest, its version files and
 * its images ask for, because one place is often left behind; this process's own where nothing says so.
 */
export function nodeFloor(project: Project): string {
  const { tree } = project;
  const manifest = jsonOf(tree.read('package.json'));
  const images = tree
    .paths()
    .filter((file) => /^(?:[\w.-]+\/){0,2}Dockerfile[\w.-]*$/.test(file))
    .flatMap((file) => [
      ...(tree.read(file) ?? '').matchAll(/^FROM\s+(?:\S+\/)?node:(\d[\w.]*)/gim),
    ]);
  const said = [
    at(manifest, 'engines', 'node'),
    at(manifest, 'volta', 'node'),
    tree.read('.nvmrc'),
    tree.read('.node-version'),
    /^nodejs\s+(\S+)/m.exec(tree.read('.tool-versions') ?? '')?.[1],
    ...images.map((match) => match[1]),
  ];
  const versions = said.flatMap((each) =>
    typeof each === 'string' ? (floorOf(each.trim()) ?? []) : [],
  );
  return rsort(versions)[0] ?? process.versions.node;
}

function floorOf(text: string): string | undefined {
  const name = /^lts\/(\w+)$/.exec(text)?.[1];
  if (name !== undefined) return named[name.toLowerCase()];
  if (validRange(text) !== null && !/^\*?$/.test(text)) return minVersion(text)?.version;
  return coerce(text)?.version;
}
