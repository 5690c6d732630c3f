import { setTimeout as sleep } from 'node:timers/promises';
import { RpcError } from '@athanor/client';

const PATIENCE_MS = 120_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Makes a call again while the service is away: it is being upgraded, or moves to another node. Every call of an attempt may
 * be made twice, since attempt and epoch say what it belongs to; whether the attempt still holds its job is the service's to
 * say (ABORTED).
 */
export async function patiently<T>(call: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await call();
    } catch (error) {
      if (!isAway(error) || performance.now() + pauseMs > until) throw error;
    }
    await sleep(pauseMs);
  }
}

function isAway(error: unknown): boolean {
  return error instanceof RpcError && (error.code === 'UNAVAILABLE' || error.code === 'DEADLINE_EXCEEDED');
}
