/** A mistake or a situation that the user can act on: one line that says what is wrong, one that says what to do. */
export class KnownError extends Error {
  /** What the user does next; printed after the message. */
  readonly wayOut: string;

  constructor(message: string, wayOut: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KnownError';
    this.wayOut = wayOut;
  }
}

/** Narrows an unknown thrown value; anything that is not ours is rethrown by the caller. */
export function isKnown(error: unknown): error is KnownError {
  return error instanceof KnownError;
}
