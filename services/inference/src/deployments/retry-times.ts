const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;

interface Failure {
  readonly digest: string;
  readonly delayMs: number;
  /** performance.now() */
  readonly retryAt: number;
}

/** When to retry a version that could not be loaded: after 1 s, then doubling up to a minute. */
export class RetryTimes {
  readonly #failures = new Map<string, Failure>();

  /** A digest other than the failed one is always due. */
  isDue(key: string, digest: string): boolean {
    const failure = this.#failures.get(key);
    return failure === undefined || failure.digest !== digest || failure.retryAt <= performance.now();
  }

  /** @returns the delay, milliseconds. */
  failed(key: string, digest: string): number {
    const before = this.#failures.get(key);
    const delayMs = before?.digest === digest ? Math.min(before.delayMs * 2, MAX_BACKOFF_MS) : FIRST_BACKOFF_MS;
    this.#failures.set(key, { digest, delayMs, retryAt: performance.now() + delayMs });
    return delayMs;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Milliseconds until the first retry is due; Infinity if there is none. */
  nextInMs(): number {
    const first = Math.min(...[...this.#failures.values()].map(({ retryAt }) => retryAt));
    return Math.max(0, first - performance.now());
  }
}
