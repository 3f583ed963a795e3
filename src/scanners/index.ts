import { bandit } from './bandit.ts';
import { npmAudit } from './npm-audit.ts';
import { pipAudit } from './pip-audit.ts';
import type { Scanner } from './scanner.ts';

/** Run when they are installed; trivy is left out: its releases were compromised (CVE-2026-33634). */
export const scanners: readonly Scanner[] = [npmAudit, pipAudit, bandit];
