import type { Probe } from '../controls/probe.ts';
import { isKnown } from '../kernel/errors.ts';
import type { Stage } from './instance.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** A start that must fail, name the variable and not tell its value. */
export async function startRefused(probe: Probe, stage: Stage): Promise<Verdict> {
  const variable = probe.refusesStart ?? '';
  const value = probe.environment?.[variable] ?? '';
  const request = `start with ${Object.keys(probe.environment ?? {}).join(', ')}`;
  try {
    const instance = await stage.start(probe.environment ?? {});
    await instance.stop();
    return verdictOf(probe, 'failed', 'it started', [{ request, answer: 'it listens' }]);
  } catch (error) {
    if (!isKnown(error)) throw error;
    const said = stage.secrets.mask(error.message);
    const evidence = [
      { request, answer: value.length >= 8 ? said.replaceAll(value, '•••') : said },
    ];
    if (!said.includes(variable)) {
      return verdictOf(probe, 'failed', `it ended without naming ${variable}`, evidence);
    }
    if (value.length >= 8 && error.message.includes(value)) {
      return verdictOf(probe, 'failed', `it wrote the value of ${variable}`, evidence);
    }
    return verdictOf(probe, 'proved', undefined, evidence);
  }
}
