import type { Project } from '../../../project/project.ts';
import type { Fact } from '../../../surface/facts.ts';
import type { Parsed } from '../parse.ts';

/** Everything that the sources and manifests state about security, as neutral facts. */
export function javascriptFacts(_project: Project, _parsed: readonly Parsed[]): Fact[] {
  return [];
}
