import type { EventType } from '@athanor/contracts';
import type { Transaction } from 'kysely';
import type { ReceivedEvent } from '../event.js';
import type { ApplyOutcome } from '../inbox/apply-once.js';
import type { InboxTables } from '../inbox/inbox-table.js';

/**
 * Runs the effect in the transaction that marks the event as applied. Call it once, after all other I/O: a transaction
 * holds the only connection of an embedded database.
 */
export type Transact<DB extends InboxTables> = (
  effect: (trx: Transaction<DB>) => Promise<void>,
) => Promise<ApplyOutcome>;

/** Metadata for calls to services made because of an event, like CallContext.outgoing() for a call. */
export interface EventOutgoing {
  readonly tenant: string;
  /** Aborted when the consumer must stop. */
  readonly signal: AbortSignal;
  readonly traceparent?: string;
}

/**
 * Throwing asks for redelivery; after the last delivery the event becomes a dead letter. Errors of an unavailable
 * dependency (transient.ts) are retried until it is available.
 */
export type EventHandler<DB extends InboxTables, T extends EventType> = (
  event: ReceivedEvent<T>,
  transact: Transact<DB>,
  outgoing: EventOutgoing,
) => Promise<void>;

/** One handler for each event type that the consumer reacts to. */
export type EventHandlers<DB extends InboxTables> = { readonly [T in EventType]?: EventHandler<DB, T> };
