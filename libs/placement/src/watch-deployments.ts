import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, type NatsOptions, tailEvents } from '@athanor/events/tail';
import type { Telemetry } from '@athanor/service';

type Connection = Awaited<ReturnType<typeof connectNats>>;

export interface WatchOptions {
  readonly nats: Omit<NatsOptions, 'log'>;
  readonly log: Telemetry['log'];
  /** Something may have changed; the trace context is that of the fact which tells so. */
  readonly onChange: (traceparent?: string) => void;
}

const REOPEN_PAUSE_MS = 1_000;
/** By then the tail is open; what was told before it was is found by looking once more. */
const OPENED_AFTER_MS = 1_000;

/**
 * Follows the facts, of all tenants, that change what is to be served. NATS may be away, at the start too: whoever only
 * listens can do its work without, and hears of changes by looking now and then. @returns how to stop.
 */
export function watchDeployments({ nats, log, onChange }: WatchOptions): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const watching = (async () => {
    const connection = await connect({ ...nats, log }, signal);
    if (connection === undefined) return;
    try {
      while (!signal.aborted) await follow(connection, { log, onChange, signal });
    } finally {
      await connection.close();
    }
  })();
  return async () => {
    stopping.abort();
    await watching;
  };
}

interface Following extends Omit<WatchOptions, 'nats'> {
  readonly signal: AbortSignal;
}

/** Until the tail breaks off, and a pause. */
async function follow(connection: Connection, { log, onChange, signal }: Following): Promise<void> {
  const opened = setTimeout(() => onChange(), OPENED_AFTER_MS);
  try {
    const types = ['model.alias.moved', 'deployment.changed'] as const;
    for await (const event of tailEvents(connection, { types, signal })) onChange(event.traceparent);
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'events cannot be followed; deployments are listed periodically');
  } finally {
    clearTimeout(opened);
  }
  await sleep(REOPEN_PAUSE_MS, undefined, { signal }).catch(() => undefined);
}

/** Tries until there is a connection. @returns undefined when it shall end before. */
async function connect(options: NatsOptions, signal: AbortSignal): Promise<Connection | undefined> {
  const aborted = new Promise<undefined>(resolve => signal.addEventListener('abort', () => resolve(undefined)));
  let told = '';
  while (!signal.aborted) {
    const connecting = connectNats(options);
    try {
      const connection = await Promise.race([connecting, aborted]);
      if (connection !== undefined) return connection;
      // Nobody waits for it any more.
      connecting.then(
        late => late.close(),
        () => undefined,
      );
    } catch (error) {
      const { message } = error as Error;
      if (message !== told)
        options.log?.warn({ err: error }, 'NATS cannot be reached; deployments are listed periodically until it can');
      told = message;
      await sleep(REOPEN_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
