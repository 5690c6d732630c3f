import { setTimeout as sleep } from 'node:timers/promises';
import { RpcError } from '@athanor/client';

const MAX_UNAVAILABLE_MS = 120_000;
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 5_000;

/**
 * Retries a call while the service is unavailable (it is being upgraded, or moves to another node), or asks for a retry
 * because it has no memory for the request now. Every call of an attempt is idempotent, since attempt and fencing token
 * identify it; a call of an attempt that no longer holds its job is refused with ABORTED.
 */
export async function retryWhileUnavailable<T>(call: () => Promise<T>, maxMs = MAX_UNAVAILABLE_MS): Promise<T> {
  const until = performance.now() + maxMs;
  for (let pauseMs = FIRST_BACKOFF_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_BACKOFF_MS)) {
    try {
      return await call();
    } catch (error) {
      const retryAfterMs = error instanceof RpcError ? error.retryAfterMs : undefined;
      if (retryAfterMs === undefined && !isUnavailable(error)) throw error;
      const waitMs = Math.max(pauseMs, retryAfterMs ?? 0);
      if (performance.now() + waitMs > until) throw error;
      await sleep(waitMs);
    }
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof RpcError && (error.code === 'UNAVAILABLE' || error.code === 'DEADLINE_EXCEEDED');
}
