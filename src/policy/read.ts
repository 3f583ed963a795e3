import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { KnownError } from '../kernel/errors.ts';
import type { Surface } from '../surface/surface.ts';
import { type DecisionsFile, decisionsFile } from './schema.ts';

export const decisionsPath = 'secure.yaml';

/**
 * Reads the owner's decisions.
 * @throws KnownError with `secure.yaml:line` for text that is not YAML, an unknown key, a value out of range.
 */
export function readDecisions(text: string): DecisionsFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const said = broken.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '');
    throw new KnownError(
      `${decisionsPath}:${lines.linePos(broken.pos[0]).line}: ${said}`,
      'Mend the line, or delete the file to have it written anew.',
    );
  }
  if (!isMap(document.contents)) {
    throw new KnownError(
      `${decisionsPath}:1: it holds no decisions`,
      'Write `version: 1` as its first line, or delete the file to have it written anew.',
    );
  }
  const parsed = decisionsFile.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // A misspelt key is also a missing one: the spelling is what the owner can mend.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  throw new KnownError(
    `${decisionsPath}:${lineOf(document, lines, issue)}: ${describe(issue)}`,
    wayOut(issue),
  );
}

type Issue = z.core.$ZodIssue;

function describe(issue: Issue): string {
  const where = issue.path.map(String).join('.');
  const at = where === '' ? '' : `${where}: `;
  if (issue.code === 'unrecognized_keys') return `${at}unknown key ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_value') return `${at}one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_union') return `${at}not a value that this key takes`;
  return `${at}${issue.message}`;
}

function wayOut(issue: Issue): string {
  if (issue.code !== 'unrecognized_keys') return 'Mend the line, then run it again.';
  const known = issue.path.length === 0 ? Object.keys(decisionsFile.shape) : [];
  const near = known.find((key) => sameLetters(key, issue.keys[0] ?? ''));
  if (near !== undefined) return `Did you mean ${near}?`;
  const keys = known.length === 0 ? '' : `; keys are ${known.join(', ')}`;
  return `Mend or delete the line${keys}.`;
}

/** Letters in another order, or one of them missing or doubled: what fingers do. */
function sameLetters(one: string, other: string): boolean {
  const sorted = (text: string): string => [...new Set(text.toLowerCase())].sort().join('');
  return sorted(one) === sorted(other);
}

function lineOf(document: Document, lines: LineCounter, issue: Issue): number {
  const parts = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
  for (let length = parts.length; length > 0; length -= 1) {
    const parent = document.getIn(parts.slice(0, length - 1), true) ?? document.contents;
    const pairs = isMap(parent) ? parent.items : [];
    const pair = pairs.find(
      ({ key }) => isScalar(key) && String(key.value) === String(parts[length - 1]),
    );
    const node = (pair?.key ?? document.getIn(parts.slice(0, length), true)) as Node | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** Decisions that contradict the code or each other: a route that no longer exists, a role without authentication. */
export function contradictions(text: string, file: DecisionsFile, surface: Surface): void {
  const ids = new Set(surface.routes.map((route) => route.id));
  const lines = text.split(/\r?\n/);
  const at = (needle: string): number =>
    1 +
    Math.max(
      0,
      lines.findIndex((line) => line.includes(needle)),
    );
  for (const [id, decision] of Object.entries(file.routes ?? {})) {
    if (!ids.has(id)) {
      throw new KnownError(
        `${decisionsPath}:${at(id)}: ${id} is not a route of this application`,
        'Take the line out, or write the route as `secure audit` lists it.',
      );
    }
    if (
      file.auth === 'kept' &&
      (decision.access === 'user' || decision.access.startsWith('role:'))
    ) {
      throw new KnownError(
        `${decisionsPath}:${at(id)}: ${id} asks for ${decision.access}, but auth is kept as the application has it`,
        'Write `access: kept`, or choose auth: jwt, session or apikey.',
      );
    }
  }
  if (file.controls?.auth === 'off' && file.controls.authz === 'on') {
    throw new KnownError(
      `${decisionsPath}:${at('authz')}: authz is on while auth is off`,
      'Authorization needs a known caller: switch auth on, or authz off.',
    );
  }
}
