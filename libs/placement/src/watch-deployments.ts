import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, type NatsOptions, tailEvents } from '@athanor/events/tail';
import type { Telemetry } from '@athanor/service';

type Connection = Awaited<ReturnType<typeof connectNats>>;

export interface WatchOptions {
  readonly nats: Omit<NatsOptions, 'log'>;
  readonly log: Telemetry['log'];
  /** Called when something may have changed, with the trace context of the event. */
  readonly onChange: (traceparent?: string) => void;
}

const REOPEN_PAUSE_MS = 1_000;
/** Called once the tail is open; earlier events are covered by one more list. */
const OPENED_AFTER_MS = 1_000;

/**
 * Follows the events, of all tenants, that change the desired state. NATS may be unavailable, also at start-up: a
 * caller that only listens works without it and polls from time to time. @returns a function that stops.
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

/** Resolves when the tail breaks off, after a delay. */
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

/** Retries until there is a connection. @returns undefined if it is stopped before. */
async function connect(options: NatsOptions, signal: AbortSignal): Promise<Connection | undefined> {
  const aborted = new Promise<undefined>(resolve => signal.addEventListener('abort', () => resolve(undefined)));
  let loggedProblem = '';
  while (!signal.aborted) {
    const connecting = connectNats(options);
    try {
      const connection = await Promise.race([connecting, aborted]);
      if (connection !== undefined) return connection;
      // Stopped meanwhile.
      connecting.then(
        late => late.close(),
        () => undefined,
      );
    } catch (error) {
      const { message } = error as Error;
      if (message !== loggedProblem)
        options.log?.warn(
          { err: error },
          'NATS is unavailable; deployments are listed periodically until it is available',
        );
      loggedProblem = message;
      await sleep(REOPEN_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
