import { minVersion, validRange } from 'semver';
import type { Project } from '../../project/project.ts';
import type { Package } from '../framework.ts';

/** Lowest majors that the emitted files compile with. */
const least: Readonly<Record<string, number>> = {
  redis: 5,
  jose: 5,
  'rate-limiter-flexible': 5,
};

/** Packages that the owner holds in an older major: ours stands beside it, under a name of its own. */
function aliasOf(
  name: string,
  { dependencies }: Pick<Project, 'dependencies'>,
): string | undefined {
  const [floor, declared] = [least[name], dependencies[name]];
  if (floor === undefined || declared === undefined || validRange(declared) === null) return;
  const lowest = minVersion(declared)?.major ?? floor;
  // `*` and the like hold the newest one.
  return lowest >= floor || declared === '*' ? undefined : `security-${name}`;
}

export function beside(wanted: Package, project: Project): Package {
  const alias = aliasOf(wanted.name, project);
  if (alias === undefined) return wanted;
  return { ...wanted, name: alias, range: `npm:${wanted.name}@${wanted.range}` };
}

/** The text with the names that its packages have in this project. */
export function withAliases(text: string, project: Project): string {
  return Object.keys(least).reduce((known, name) => {
    const alias = aliasOf(name, project);
    if (alias === undefined) return known;
    return known.replace(new RegExp(`(from |require\\()(['"])${name}\\2`, 'g'), `$1$2${alias}$2`);
  }, text);
}
