/** What other programs may use: the three phases as functions over values, without a terminal. */
export { planned } from './commands/planning.ts';
export { type Survey, survey } from './commands/survey.ts';
export type { Finding } from './findings/finding.ts';
export type { Plan } from './frameworks/plan.ts';
export { KnownError } from './kernel/errors.ts';
export { type Proof, prove } from './proof/prove.ts';
export { reporters } from './reports/index.ts';
export type { Report } from './reports/report.ts';
export type { Route, Surface } from './surface/surface.ts';
export { version } from './version.ts';
