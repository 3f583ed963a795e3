import { posix } from 'node:path';
import type { Machine } from '../../../languages/javascript/run/machine.ts';
import { hole, stringOf } from '../../../languages/javascript/run/values.ts';
import type { Fact } from '../../../surface/facts.ts';
import type { Place, Unresolved } from '../../../surface/surface.ts';
import type { Served } from './walk.ts';

/** Folders and documents below the prefix that their router really has, once for each mount. */
export function placed(
  facts: readonly Fact[],
  served: readonly Served[],
  machine: Machine,
): Fact[] {
  const mounts = served
    .filter((one) => one.mount)
    .map((one) => ({
      prefix: one.prefix,
      at: callOf(one, machine),
      directory: directoryOf(one, machine),
    }));
  return facts.flatMap((fact): Fact[] => {
    if (fact.kind !== 'static' && fact.kind !== 'docs') return [fact];
    const here = mounts.filter(
      ({ at }) => at?.file === fact.place.file && at.line === fact.place.line,
    );
    if (here.length === 0) return [fact];
    return here.map(({ prefix, directory }): Fact => {
      if (fact.kind === 'docs') return { ...fact, detail: { path: prefix === '' ? '/' : prefix } };
      const { detail } = fact;
      return { ...fact, detail: { ...detail, prefix, directory: directory ?? detail.directory } };
    });
  });
}

/** The folder below the project's root, as the run of the sources made its path; `undefined` outside of it. */
function directoryOf({ handler }: Served, { tree }: Machine): string | undefined {
  const value = handler?.value;
  const given = value?.k === 'external' ? stringOf(value.args?.[0]) : undefined;
  if (given === undefined || given.includes(hole)) return undefined;
  const folder = posix.normalize(given).replace(/^\/|\/$/g, '');
  if (!given.startsWith('/')) return folder === '' ? '.' : folder;
  if (folder === '') return '.';
  return tree.paths().some((path) => path.startsWith(`${folder}/`)) ? folder : undefined;
}

/** Folders of files whose place is not known: what lies in them cannot be told from an unlisted path. */
export function unplaced(facts: readonly Fact[]): Unresolved[] {
  return facts.flatMap((fact) =>
    fact.kind === 'static' && fact.detail.directory === undefined
      ? [{ what: 'a folder of files whose path could not be read', place: fact.place }]
      : [],
  );
}

/** Where the value that answers was made: `express.static('public')`. */
function callOf({ handler }: Served, machine: Machine): Place | undefined {
  const value = handler?.value;
  if (value?.k !== 'external' || !value.site) return undefined;
  return machine.placeOf(value.site.scope, value.site.node);
}
