import type { Sent } from './http.ts';
import type { Answer } from './wire.ts';

/** A request and its answer as the report shows them: secrets masked, long parts cut. */
export interface Exchange {
  request: string;
  answer: string;
}

/** Values that must not stand in a report. */
export class Secrets {
  readonly #values = new Set<string>();

  add(...values: readonly (string | undefined)[]): void {
    for (const value of values)
      if (value !== undefined && value.length >= 8) this.#values.add(value);
  }

  mask(text: string): string {
    let masked = text;
    for (const value of this.#values) masked = masked.replaceAll(value, '•••');
    // Tokens that were changed on purpose are secrets still: they hold the claims of a real one.
    return masked.replace(/\beyJ[\w-]{8,}\.[\w-]*(\.[\w-]*)?/g, '•••');
  }

  /** Those that a text holds: what a log must not. */
  foundIn(text: string): boolean {
    return [...this.#values].some((value) => text.includes(value));
  }
}

export function exchange(sent: Sent, answer: Answer, secrets: Secrets): Exchange {
  const lines = sent.headers.map(([name, value]) => `${name}: ${cut(value, 120)}`);
  const body = sent.body === undefined ? [] : ['', cut(sent.body.toString('utf8'), 240)];
  const request =
    sent.raw === undefined
      ? [`${sent.method} ${cut(sent.target, 200)}`, ...lines, ...body].join('\n')
      : cut(sent.raw.toString('latin1'), 400);
  const headers = answer.headers.map(([name, value]) => `${name}: ${cut(value, 160)}`);
  const text = answer.body.length === 0 ? [] : ['', cut(answer.body.toString('utf8'), 400)];
  const first = answer.status === 0 ? `no answer: ${answer.error ?? ''}` : String(answer.status);
  return {
    request: secrets.mask(request),
    answer: secrets.mask([first, ...headers, ...text].join('\n')),
  };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters)`;
}
