import type { ManifestEdit, Wanted } from './packages.ts';
import { requirementOf } from './python-manifests.ts';

/** New lines in a requirements file; one that carries hashes is compiled, and is left to its compiler. */
export function inRequirements(
  file: string,
  text: string,
  missing: readonly Wanted[],
): ManifestEdit {
  const lines = missing.map(({ name, range }) => `${name}${range}`);
  if (/--hash[= ]/.test(text)) {
    const why = 'its lines carry hashes: add these to its source and compile it again';
    return { end: 'cannot', file, why, paste: lines.join('\n') };
  }
  const odd = oddLine(text);
  if (odd !== undefined) {
    const why = `line ${odd.line} is no requirement (${odd.text.slice(0, 40)}): mend it and add these`;
    return { end: 'cannot', file, why, paste: lines.join('\n') };
  }
  return { end: 'edited', file, text: appended(text, lines), why: 'declares packages' };
}

/** An option, a path, an address, or a name with extras, clauses and markers (PEP 508). */
const readable =
  /^(?:-|[./~$]|[\w+]+:|[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\]\s*)?(?:$|\(?\s*(?:[<>=!~]=?|@|;)|\\|--|#))|\.(?:whl|zip|tar\.gz)$/;

/** The first line that pip would refuse: what a merge left, a page saved by mistake. */
function oddLine(text: string): { line: number; text: string } | undefined {
  let continued = false;
  for (const [at, each] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const bare = each.replace(/(?:^|\s)#.*$/, '').trim();
    if (!continued && bare !== '' && !readable.test(bare)) return { line: at + 1, text: bare };
    continued = bare.endsWith('\\');
  }
  return undefined;
}

/** At their sorted place where the list is sorted, else at the end; line ends and a missing last newline stay. */
function appended(text: string, added: readonly string[]): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  if (text.trim() === '') return `${text}${added.join(newline)}${newline}`;
  const ends = /\r?\n$/.test(text);
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const isNamed = (line: string): boolean => /^[A-Za-z0-9]/.test(line);
  const nameOf = (line: string): string => requirementOf(line)?.name ?? '';
  const named = lines.filter(isNamed).map(nameOf);
  const sorted =
    named.length > 1 && named.every((each, i) => i === 0 || (named[i - 1] ?? '') <= each);
  for (const line of added) {
    const next = lines.findIndex((each) => isNamed(each) && nameOf(each) > nameOf(line));
    if (!sorted || next === -1) lines.push(line);
    else lines.splice(next, 0, line);
  }
  return lines.join(newline) + (ends ? newline : '');
}
