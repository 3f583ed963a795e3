import { LineCounter, parseDocument } from 'yaml';
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
    throw new KnownError(
      `${decisionsPath}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`,
      'Mend the line, or delete the file to have it written anew.',
    );
  }
  const parsed = decisionsFile.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new KnownError(
    `${decisionsPath}:${lineOf(document, lines, issue.path)}: ${describe(issue)}`,
    'Mend the line; `secure explain` says what a key means.',
  );
}

type Issue = z.core.$ZodIssue;

function describe(issue: Issue): string {
  const where = issue.path.map(String).join('.') || 'the file';
  if (issue.code === 'unrecognized_keys') return `${where}: unknown key ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_value') return `${where}: one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_union') return `${where}: not a value that this key takes`;
  return `${where}: ${issue.message}`;
}

function lineOf(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number] } | undefined;
    if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
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
