// A call to a child process, which is ended if the call takes too long, the process takes too much memory, or nobody waits
// for the answer any more.

import { readFile } from 'node:fs/promises';

export interface EndableProcess {
  readonly pid: number;
  /** Ends the process at once; the pending call rejects. */
  kill(): void;
}

export interface CallLimits {
  readonly timeoutMs: number;
  /** Resident MiB of the process. */
  readonly memoryMb: number;
  readonly signal: AbortSignal;
}

export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
  readonly limit: 'timeout' | 'memory';

  constructor(limit: 'timeout' | 'memory', message: string, options?: ErrorOptions) {
    super(message, options);
    this.limit = limit;
  }
}

const MEMORY_INTERVAL_MS = 100;

/** Throws LimitExceeded; the signal's reason if it is aborted; what the call throws. */
export async function withinLimits<T>(
  target: EndableProcess,
  { timeoutMs, memoryMb, signal }: CallLimits,
  call: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  let exceeded: LimitExceeded | undefined;
  const end = (reason?: LimitExceeded) => {
    exceeded ??= reason;
    target.kill();
  };
  const onAbort = () => end();
  const timer = setTimeout(() => end(new LimitExceeded('timeout', `no end within ${timeoutMs} ms`)), timeoutMs);
  const watch = setInterval(() => {
    void residentMb(target.pid).then(used => {
      if (used > memoryMb) end(new LimitExceeded('memory', `took more than ${Math.round(memoryMb)} MiB of memory`));
    });
  }, MEMORY_INTERVAL_MS);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await call();
  } catch (cause) {
    signal.throwIfAborted();
    throw exceeded ?? cause;
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Linux only; elsewhere the limit of memory is not enforced. 0 if the process is gone. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}
