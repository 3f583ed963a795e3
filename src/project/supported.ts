import { coerce, gte } from 'semver';
import { KnownError } from '../kernel/errors.ts';
import type { FrameworkId, Project } from './project.ts';

interface Supported {
  /** Lowest and highest major that the readers know. FastAPI counts 0.x. */
  read: { from: number; to: number };
  /** Lowest version that the emitted code is tested on; absent where nothing is emitted. */
  harden?: string;
  shown: string;
}

/** One row a framework. Reading goes further back than writing: an old application is audited all the same. */
export const supported: Readonly<Record<FrameworkId, Supported>> = {
  express: { read: { from: 4, to: 5 }, harden: '4.0.0', shown: '4 and 5' },
  nestjs: { read: { from: 7, to: 12 }, harden: '10.0.0', shown: '10 to 12 (audited from 7)' },
  fastapi: {
    read: { from: 0, to: 1 },
    harden: '0.115.0',
    shown: '0.115 and later (audited from 0.40)',
  },
  flask: { read: { from: 0, to: 3 }, harden: '3.0.0', shown: '3 (audited from 0.12)' },
  gin: { read: { from: 1, to: 1 }, shown: '1, audit only' },
};

/** @throws KnownError for a major that the readers do not know */
export function refuseUnread({ framework, frameworkVersion, frameworkMajor }: Project): void {
  const { from, to } = supported[framework].read;
  if (frameworkMajor === undefined || (frameworkMajor >= from && frameworkMajor <= to)) return;
  throw new KnownError(
    `${framework} ${frameworkVersion} is not supported`,
    frameworkMajor < from
      ? `Supported: ${framework} ${supported[framework].shown}. Upgrade the project first.`
      : `Supported: ${framework} ${supported[framework].shown}. Look for a newer slash-secure.`,
  );
}

/** Why this project can be audited but not hardened; `undefined` when both work. */
export function notHardened(project: Project): string | undefined {
  const { framework, frameworkVersion } = project;
  const { harden, shown } = supported[framework];
  if (harden === undefined)
    return `${framework} is audited; there is nothing to harden it with yet`;
  const version = coerce(frameworkVersion ?? '');
  if (version === null || gte(version, harden)) return undefined;
  return `${framework} ${frameworkVersion} is audited; hardening is tested on ${shown}`;
}
