import { setTimeout as sleep } from 'node:timers/promises';
import { isRpcError } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';

export interface ResumeOptions {
  readonly terminal: Terminal;
  /** What is watched, for the message about a lost connection. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  /** Time without a connection after which the loss is an error. */
  readonly giveUpMs?: number;
  readonly retryMs?: number;
}

const GIVE_UP_MS = 60_000;
const RETRY_MS = 500;

/**
 * A watch that survives its stream: it is reopened if the server restarts, or ends an idle stream. `open` determines
 * the position, so it must track what has been received.
 *
 * @throws the error of the last attempt: a permanent one, or no connection for a minute.
 */
export async function* resumeWatch<T>(open: () => AsyncIterable<T>, options: ResumeOptions): AsyncIterable<T> {
  const { terminal, what, signal, giveUpMs = GIVE_UP_MS, retryMs = RETRY_MS } = options;
  let lostAt: number | undefined;
  for (;;) {
    const openedAt = performance.now();
    try {
      for await (const message of open()) {
        lostAt = undefined;
        yield message;
      }
      return;
    } catch (error) {
      const now = performance.now();
      // A stream that lasted this long was connected, even without messages.
      if (now - openedAt >= giveUpMs) lostAt = undefined;
      if (signal?.aborted || !canResume(error) || now - (lostAt ?? now) >= giveUpMs) throw error;
      if (lostAt === undefined && !isIdleEnd(error)) {
        terminal.err(
          `  The connection was lost (${(error as Error).message}); going on with ${what} when it is back\n`,
        );
      }
      lostAt ??= now;
    }
    await sleep(retryMs, undefined, { signal });
  }
}

function canResume(error: unknown): boolean {
  return isRpcError(error, 'UNAVAILABLE') || isIdleEnd(error);
}

/** The server ends streams that are idle for long. */
function isIdleEnd(error: unknown): boolean {
  return isRpcError(error, 'DEADLINE_EXCEEDED');
}
