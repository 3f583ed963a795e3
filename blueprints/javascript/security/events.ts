import type { Call } from './messages.js';
import type { Settings } from './settings.js';

export type Emit = (
  event: string,
  outcome: 'success' | 'failure',
  call?: Call,
  more?: Readonly<Record<string, string>>,
) => void;

/** Security events as JSON lines on standard output (ASVS 16.2.1, 16.3.1 to 16.3.3). */
export function events(settings: Settings): Emit {
  const { maxValue, successes } = settings.values.logging;
  return function emit(event, outcome, call, more = {}) {
    if (!settings.on('logging') || (outcome === 'success' && !successes)) return;
    const line: Record<string, string> = {
      time: new Date().toISOString(),
      level: outcome === 'success' ? 'info' : 'warn',
      event,
      outcome,
      ...(call && { requestId: call.id, ip: call.ip, method: call.method, path: call.path }),
      ...(call?.principal && { userId: call.principal.id }),
      ...more,
    };
    // JSON escapes control characters, so no value can forge a line of its own.
    const cut = Object.entries(line).map(([key, value]) => [key, value.slice(0, maxValue)]);
    process.stdout.write(`${JSON.stringify(Object.fromEntries(cut))}\n`);
  };
}
