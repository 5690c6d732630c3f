import type { NatsConnection } from '@nats-io/transport-node';
import type { Kysely } from 'kysely';
import type { EventTelemetry } from '../event-telemetry.js';
import type { InboxTables } from '../inbox/inbox-table.js';
import type { EventHandlers } from './event-handler.js';
import type { RetryPauses } from './transient.js';

export interface ConsumerOptions<DB extends InboxTables> {
  /** Durable name, unique in the mesh, one per reaction: `registry-register-model`. Replicas share it. */
  readonly name: string;
  readonly db: Kysely<DB>;
  readonly connection: NatsConnection;
  readonly telemetry: EventTelemetry;
  readonly handlers: EventHandlers<DB>;
  /**
   * Skip an event that is older than the last one applied for its aggregate: for handlers that copy state. Default
   * false.
   */
  readonly fenced?: boolean;
  /** More than 1 gives up the order of events. Default 1. */
  readonly concurrency?: number;
  /** A delivery without progress is redelivered after this time. Default 5,000. */
  readonly ackWaitMs?: number;
  /**
   * Delays between deliveries that fail because of the event itself; after one more delivery than delays it becomes a
   * dead letter. Default about 11 s in total. While a dependency is unavailable (transient.ts), retries have no limit.
   */
  readonly backoffMs?: readonly number[];
  /** Back-off while a dependency is unavailable. Default: from 200 ms, doubling, up to 30 s. */
  readonly retryPauses?: RetryPauses;
  /** Called at named points, for tests that kill the process there. */
  readonly at?: (point: ConsumerPoint) => void;
}

export type ConsumerPoint = 'consumer.received' | 'consumer.handled' | 'consumer.applied';
