import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnWithLifeline } from '@athanor/nats-server';

export interface ChildServer {
  readonly pid: number;
  logTail(): string;
  stop(): Promise<void>;
}

export interface ChildServerOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly isReady: () => Promise<boolean>;
  readonly timeoutMs?: number;
}

/** Runs a server that exits with this process, and waits until it is ready. */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  const child = spawnWithLifeline(options.file, options.args, 5);
  let log = '';
  child.stderr.on('data', chunk => {
    log = (log + chunk).slice(-4_000);
  });
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(() => 'ended' as const);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const stop = async () => {
    child.stdin.end();
    await ended;
  };
  const deadline = performance.now() + (options.timeoutMs ?? 30_000);
  while (!(await options.isReady().catch(() => false))) {
    const over = await Promise.race([ended, sleep(50)]);
    if (over || performance.now() > deadline) {
      await stop();
      throw new Error(`${options.file} ${over ? 'ended' : 'was not ready in time'}; the end of its log:\n${log}`);
    }
  }
  return { pid: Number(line), logTail: () => log, stop };
}
