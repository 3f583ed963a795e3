import type { ControlId } from '../controls/control.ts';
import type { Finding } from '../findings/finding.ts';
import type { Emitted } from '../frameworks/framework.ts';
import type { FrameworkId } from '../project/project.ts';

interface Override {
  /** The control of ours that has the last word. */
  control: ControlId;
  ids: RegExp;
  frameworks: readonly FrameworkId[];
  /** What it does about it, in front of the finding's own words. */
  says: (folder: string) => string;
}

const javascript = ['express', 'nestjs'] as const;
const all = [...javascript, 'fastapi', 'flask'] as const;

/** What the blueprints take back or hide whatever the application does: `cors.ts`, `errors.ts`, `gate.ts`. */
const overrides: readonly Override[] = [
  {
    control: 'cors',
    ids: /^cors\/(?:any-origin|any-origin-with-credentials|reflected-origin|null-origin|loose-pattern|plain-http-origin)$/,
    frameworks: all,
    says: (folder) => `overridden by ${folder}`,
  },
  {
    control: 'errors',
    ids: /^errors\/stack-leak$/,
    frameworks: javascript,
    says: (folder) => `hidden by ${folder} in error answers`,
  },
  {
    control: 'errors',
    ids: /^errors\/message-leak$/,
    frameworks: javascript,
    says: (folder) => `hidden by ${folder} in 500s that are no pages`,
  },
  {
    control: 'ratelimit',
    ids: /^ratelimit\/trust-proxy-any$/,
    frameworks: ['express'],
    says: (folder) => `overridden by ${folder}`,
  },
  {
    control: 'validation',
    ids: /^validation\/body-unbounded$/,
    frameworks: ['express'],
    says: (folder) => `capped by ${folder}`,
  },
];

/** Findings in code that the security folder overrides are told as that: true of the source, not of the answers. */
export function withOverrides(
  findings: readonly Finding[],
  emitted: Emitted | undefined,
  framework: FrameworkId,
): Finding[] {
  if (emitted === undefined) return [...findings];
  const told = findings.map((finding): Finding => {
    const override = overrides.find(
      ({ control, ids, frameworks }) =>
        emitted.controls[control] === true &&
        frameworks.includes(framework) &&
        ids.test(finding.id),
    );
    if (override === undefined) return finding;
    const overridden = override.says(emitted.folder);
    return {
      ...finding,
      severity: 'info',
      message: `${overridden}: ${finding.message}`,
      overridden,
    };
  });
  // What is open comes first.
  return [...told.filter((one) => !one.overridden), ...told.filter((one) => one.overridden)];
}
