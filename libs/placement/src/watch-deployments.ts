import { setTimeout as sleep } from 'node:timers/promises';
import { tailEvents } from '@athanor/events';
import type { Telemetry } from '@athanor/service';

type Connection = Parameters<typeof tailEvents>[0];

export interface WatchOptions {
  readonly connection: Connection;
  readonly log: Telemetry['log'];
  /** Something may have changed; the trace context is that of the fact which tells so. */
  readonly onChange: (traceparent?: string) => void;
}

const REOPEN_PAUSE_MS = 1_000;
/** By then the tail is open; what was told before it was is found by looking once more. */
const OPENED_AFTER_MS = 1_000;

/** Follows the facts, of all tenants, that change what is to be served. @returns how to stop. */
export function watchDeployments({ connection, log, onChange }: WatchOptions): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const watching = (async () => {
    while (!signal.aborted) {
      const opened = setTimeout(() => onChange(), OPENED_AFTER_MS);
      try {
        for await (const event of tailEvents(connection, {
          types: ['model.alias.moved', 'deployment.changed'],
          signal,
        })) {
          onChange(event.traceparent);
        }
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, 'events cannot be followed; deployments are listed periodically');
      } finally {
        clearTimeout(opened);
      }
      await sleep(REOPEN_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await watching;
  };
}
