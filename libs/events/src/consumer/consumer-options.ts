import type { NatsConnection } from '@nats-io/transport-node';
import type { Kysely } from 'kysely';
import type { EventTelemetry } from '../event-telemetry.js';
import type { InboxTables } from '../inbox/inbox-table.js';
import type { EventHandlers } from './event-handler.js';
import type { RetryPauses } from './transient.js';

export interface ConsumerOptions<DB extends InboxTables> {
  /** Durable, unique in the mesh, one for each reaction: `registry-register-model`. Replicas share it. */
  readonly name: string;
  readonly db: Kysely<DB>;
  readonly connection: NatsConnection;
  readonly telemetry: EventTelemetry;
  readonly handlers: EventHandlers<DB>;
  /** Skip an event that is older than what was applied of its aggregate: for handlers that copy state. Default false. */
  readonly fenced?: boolean;
  /** More than 1 gives up the order. Default 1. */
  readonly concurrency?: number;
  /** A delivery that nobody works on any more comes again after this. Default 5,000. */
  readonly ackWaitMs?: number;
  /**
   * Pauses between deliveries that fail by the event's own fault; one more delivery than pauses, then it is put aside.
   * Default about 11 s in all. While a dependency is unavailable (transient.ts), retries have no limit.
   */
  readonly backoffMs?: readonly number[];
  /** Back-off while a dependency is unavailable. Default: from 200 ms, doubling, up to 30 s. */
  readonly retryPauses?: RetryPauses;
  /** Called at named points, for tests that let the process die there. */
  readonly at?: (point: ConsumerPoint) => void;
}

export type ConsumerPoint = 'consumer.received' | 'consumer.handled' | 'consumer.applied';
