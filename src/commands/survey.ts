import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Posture } from '../controls/control.ts';
import { controlIds } from '../controls/control.ts';
import { controls } from '../controls/index.ts';
import type { Policy } from '../controls/policy.ts';
import type { Finding } from '../findings/finding.ts';
import { toFindings } from '../findings/judge.ts';
import type { Emitted, Framework } from '../frameworks/framework.ts';
import { frameworks } from '../frameworks/index.ts';
import { KnownError } from '../kernel/errors.ts';
import { decide } from '../policy/decide.ts';
import { contradictions, decisionsPath, readDecisions } from '../policy/read.ts';
import type { DecisionsFile } from '../policy/schema.ts';
import { detect } from '../project/detect.ts';
import type { Project } from '../project/project.ts';
import { selectRoutes, type Target } from '../project/target.ts';
import type { Surface } from '../surface/surface.ts';
import { asHardened } from './hardened.ts';
import type { Options } from './options.ts';
import { withOverrides } from './overridden.ts';

/** Phase 1: everything that reading alone can say. */
export interface Survey {
  /** As it stands on the disk. */
  project: Project;
  /** As its owner wrote it: without what we emitted. */
  bare: Project;
  framework: Framework;
  target: Target;
  emitted: Emitted | undefined;
  /** Of the bare project. */
  surface: Surface;
  /** Decisions from the owner's file, if there is one. */
  file: DecisionsFile | undefined;
  fileText: string | undefined;
  policy: Policy;
  /** Of the project as it stands. */
  postures: readonly Posture[];
  findings: readonly Finding[];
  milliseconds: number;
}

/** Detects, reads, judges and decides. Executes nothing of the target and writes nothing. */
export async function survey(argument: string, options: Options, cwd: string): Promise<Survey> {
  const started = performance.now();
  const { project, target } = await detect(options.targets ?? argument, {
    cwd,
    framework: options.framework,
  });
  const framework = await frameworks[project.framework]();
  const { project: bare, emitted } = framework.bare(project);
  const surface = await framework.read(bare);
  const fileText = project.tree.read(decisionsPath);
  if (fileText === undefined) refuseUnread(project.root);
  const file = fileText === undefined ? undefined : readDecisions(fileText);
  if (fileText !== undefined && file !== undefined) contradictions(fileText, file, surface);
  const selected = new Set(selectRoutes(target, surface.routes).map((route) => route.id));
  const before = judge(surface);
  const policy = decide({
    project: bare,
    surface,
    postures: before.flatMap(({ posture }) => posture ?? []),
    level: options.level ?? file?.level ?? 'standard',
    auth: options.auth,
    file,
    selected: (route) => selected.has(route.id),
  });
  const stands = asHardened(surface, emitted, policy);
  const judged = emitted === undefined ? before : judge(stands.surface);
  return {
    project,
    bare,
    framework,
    target,
    emitted,
    surface,
    file,
    fileText,
    policy,
    postures: stands.postures(judged.flatMap(({ posture }) => posture ?? [])),
    findings: withOverrides(
      toFindings(
        judged.flatMap(({ findings }) => findings),
        project.tree,
      ),
      emitted,
      framework.id,
    ).filter((finding) => finding.route === undefined || selected.has(finding.route)),
    milliseconds: performance.now() - started,
  };
}

/** @throws KnownError when the owner's decisions are there and cannot be read: they are never passed over */
function refuseUnread(root: string): void {
  if (!existsSync(path.join(root, decisionsPath))) return;
  throw new KnownError(
    `${decisionsPath} cannot be read as a text file in UTF-8`,
    'Mend it, or delete it to have it written anew.',
  );
}

function judge(surface: Surface) {
  return controlIds.map((id) => controls[id].audit(surface));
}
