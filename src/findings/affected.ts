import * as semver from 'semver';
import type { FactDetails } from '../surface/facts.ts';
import type { Component } from './components.ts';

type Dependency = FactDetails['dependency'];

/**
 * Whether a declared dependency is surely affected. With no exact version known, a range counts only
 * when no version that is repaired fits into it: `^8.2.0` installs a repaired one today.
 */
export function isAffected(dependency: Dependency, component: Component): boolean {
  if (component.below === undefined) return true;
  const exact = semver.coerce(dependency.exact ?? pinned(dependency));
  if (exact !== null) return inside(exact, component);
  const range = rangeOf(dependency);
  if (range === undefined) return false;
  return !semver.intersects(range, `>=${component.below}`) && fits(range, component);
}

function inside(version: semver.SemVer, component: Component): boolean {
  if (component.from !== undefined && semver.lt(version, component.from)) return false;
  return semver.lt(version, component.below!);
}

function fits(range: string, component: Component): boolean {
  return component.from === undefined || semver.intersects(range, `>=${component.from}`);
}

function pinned({ version, ecosystem }: Dependency): string | undefined {
  if (ecosystem === 'go') return version;
  const match = /^\s*(?:===?\s*)?v?(\d+(?:\.\d+)*)\s*$/.exec(version);
  if (match === null) return undefined;
  // A bare `3.1` in a Python manifest is not a pin, and `1.x` in npm is not either.
  return ecosystem === 'npm' || version.includes('==') ? match[1] : undefined;
}

/** A range that semver reads: npm's own, or PEP 440 clauses as comparators. */
function rangeOf({ version, ecosystem }: Dependency): string | undefined {
  const text = ecosystem === 'pypi' ? fromPep440(version) : version;
  return text === undefined ? undefined : (semver.validRange(text) ?? undefined);
}

function fromPep440(text: string): string | undefined {
  const clauses = text.split(',').map((clause) => clause.trim());
  const parts = clauses.map((clause) => {
    const match = /^(~=|==|>=|<=|<|>|\^|~)\s*(\d+(?:\.\d+)*)(\.\*)?$/.exec(clause);
    if (match === null) return undefined;
    const [, operator, number, star] = match;
    const version = semver.coerce(number)?.version;
    if (operator === '~=') return compatible(number!);
    if (operator === '==') return star === undefined ? `=${version}` : `${number}.x`;
    return `${operator}${version}`;
  });
  return parts.includes(undefined) ? undefined : parts.join(' ');
}

/** PEP 440: `~=2.2` is `>=2.2, ==2.*`; `~=1.4.5` is `>=1.4.5, ==1.4.*`. */
function compatible(number: string): string {
  const version = semver.coerce(number)?.version;
  const head = number.split('.').slice(0, -1).join('.');
  return `>=${version} ${head}.x`;
}
