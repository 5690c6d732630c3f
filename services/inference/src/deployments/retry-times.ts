const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
/** Processes that crashed or hung while they loaded the same version, after which it is not loaded any more. */
const MAX_CRASHES = 5;

interface Failure {
  readonly identity: string;
  readonly delayMs: number;
  readonly crashes: number;
  /** performance.now() */
  readonly retryAt: number;
}

/** When to retry a version that could not be loaded: after 1 s, then doubling up to a minute. */
export class RetryTimes {
  readonly #failures = new Map<string, Failure>();

  /** An identity other than the failed one is always due. */
  isDue(key: string, identity: string): boolean {
    const failure = this.#failures.get(key);
    return failure === undefined || failure.identity !== identity || failure.retryAt <= performance.now();
  }

  /** @returns the delay, milliseconds; Infinity: it has crashed too often. */
  failed(key: string, identity: string, isCrash = false): number {
    const known = this.#failures.get(key);
    const before = known?.identity === identity ? known : undefined;
    const crashes = (before?.crashes ?? 0) + (isCrash ? 1 : 0);
    const backoffMs = before === undefined ? FIRST_BACKOFF_MS : Math.min(before.delayMs * 2, MAX_BACKOFF_MS);
    const delayMs = crashes >= MAX_CRASHES ? Number.POSITIVE_INFINITY : backoffMs;
    this.#failures.set(key, { identity, delayMs, crashes, retryAt: performance.now() + delayMs });
    return delayMs;
  }

  /** It is not reloaded: its instances crashed while it was served. */
  giveUp(key: string, identity: string): void {
    const never = Number.POSITIVE_INFINITY;
    this.#failures.set(key, { identity, delayMs: never, crashes: MAX_CRASHES, retryAt: never });
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
