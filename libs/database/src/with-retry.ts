import { setTimeout as sleep } from 'node:timers/promises';
import { isDatabaseError } from './database-error.js';

export interface RetryOptions {
  /** Including the first; default 8. */
  readonly attempts?: number;
  /**
   * Upper bound of the first delay; it doubles each time, and the delay is random below it ("full jitter"). Default 5.
   */
  readonly baseDelayMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Retries a whole transaction after a conflict with a concurrent one (serialization failure or deadlock), and after no
 * other error.
 */
export async function withRetry<T>(operation: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { attempts = 8, baseDelayMs = 5, signal } = options;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await operation();
    } catch (error) {
      if (attempt >= attempts || !isDatabaseError(error, 'serialization_failure')) throw error;
      await sleep(Math.random() * baseDelayMs * 2 ** attempt, undefined, { signal });
    }
  }
}
