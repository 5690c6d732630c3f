/*
 * Carries the outbox to JetStream: publish, wait for the acknowledgement, mark. A relay that dies in between publishes
 * again, and the stream drops the second by its id. Within an aggregate events go one after another, so their order is
 * the order of the changes; different aggregates go side by side. Two relays on one outbox do no harm.
 */
import { EVENT_CATALOGUE, isEventType } from '@athanor/contracts';
import { crashPoint } from '@athanor/service';
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Kysely, Selectable } from 'kysely';
import { toHeaders } from '../event-message.js';
import { type EventCounters, type EventTelemetry, eventCounters } from '../event-telemetry.js';
import { parseEventSubject } from '../subject.js';
import { Waker } from '../waker.js';
import type { OutboxTables } from './outbox-table.js';

export interface RelayOptions<DB extends OutboxTables> {
  readonly db: Kysely<DB>;
  readonly connection: NatsConnection;
  readonly telemetry: EventTelemetry;
  /** How long an event waits at most when nobody calls `wake`. Default 500. */
  readonly pollIntervalMs?: number;
  /** How long a published event stays in the table, for looking into. Default one day. */
  readonly keepPublishedMs?: number;
  /** Called at named points, for tests that let the process die there. */
  readonly at?: (point: RelayPoint) => void;
}

export type RelayPoint = 'outbox.read' | 'outbox.published' | 'outbox.marked';

export interface Relay {
  /** Says that something was committed to the outbox. */
  wake(): void;
  /** Ends after the batch at hand. */
  stop(): Promise<void>;
}

type OutboxRow = Selectable<OutboxTables['outbox']>;

const BATCH_SIZE = 200;
const PARALLEL_AGGREGATES = 16;
const PUBLISH_TIMEOUT_MS = 2_000;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;
const CLEANUP_INTERVAL_MS = 3_600_000;

export function startRelay<DB extends OutboxTables>(options: RelayOptions<DB>): Relay {
  const relay = new OutboxRelay(options as unknown as RelayOptions<OutboxTables>);
  const done = relay.run();
  return {
    wake: () => relay.wake(),
    async stop() {
      relay.end();
      await done;
    },
  };
}

class OutboxRelay {
  readonly #db: Kysely<OutboxTables>;
  readonly #jetstream: JetStreamClient;
  readonly #log: EventTelemetry['log'];
  readonly #counters: EventCounters;
  readonly #at: (point: RelayPoint) => void;
  readonly #pollIntervalMs: number;
  readonly #keepPublishedMs: number;
  readonly #waker = new Waker();
  #cleanedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RelayOptions<OutboxTables>) {
    this.#db = options.db;
    this.#jetstream = jetstream(options.connection, { timeout: PUBLISH_TIMEOUT_MS });
    this.#log = options.telemetry.log;
    this.#counters = eventCounters(options.telemetry.meter);
    this.#at = options.at ?? crashPoint;
    this.#pollIntervalMs = options.pollIntervalMs ?? 500;
    this.#keepPublishedMs = options.keepPublishedMs ?? 86_400_000;
  }

  wake(): void {
    this.#waker.wake();
  }

  end(): void {
    this.#waker.end();
  }

  async run(): Promise<void> {
    let retryMs = RETRY_FIRST_MS;
    while (!this.#waker.ended) {
      try {
        const published = await this.#relayBatch();
        retryMs = RETRY_FIRST_MS;
        if (published > 0) continue;
        await this.#removeOld();
        await this.#waker.wait(this.#pollIntervalMs);
      } catch (error) {
        this.#counters.publishFailures.add(1);
        this.#log.warn({ err: error, retryMs }, 'outbox not relayed, trying again');
        await this.#waker.pause(retryMs);
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    }
  }

  async #relayBatch(): Promise<number> {
    const rows = await this.#db
      .selectFrom('outbox')
      .selectAll()
      .where('published_at', 'is', null)
      .orderBy('sequence')
      .limit(BATCH_SIZE)
      .execute();
    if (rows.length === 0) return 0;
    this.#at('outbox.read');
    const published: number[] = [];
    const lanes = lanesByAggregate(rows);
    const takeLane = async () => {
      for (let lane = lanes.pop(); lane; lane = lanes.pop()) await this.#publishInOrder(lane, published);
    };
    const results = await Promise.allSettled(Array.from({ length: PARALLEL_AGGREGATES }, takeLane));
    this.#at('outbox.published');
    await this.#mark(published);
    this.#at('outbox.marked');
    const failure = results.find(result => result.status === 'rejected');
    if (failure) throw failure.reason;
    return published.length;
  }

  async #publishInOrder(rows: readonly OutboxRow[], published: number[]): Promise<void> {
    for (const row of rows) {
      const ack = await this.#jetstream.publish(row.subject, row.payload, {
        msgID: row.event_id,
        headers: headersOf(row),
      });
      published.push(row.sequence);
      this.#counters.published.add(1, { type: row.type, duplicate: ack.duplicate });
    }
  }

  async #mark(sequences: readonly number[]): Promise<void> {
    if (sequences.length === 0) return;
    await this.#db.updateTable('outbox').set({ published_at: new Date() }).where('sequence', 'in', sequences).execute();
  }

  async #removeOld(): Promise<void> {
    if (performance.now() - this.#cleanedAt < CLEANUP_INTERVAL_MS) return;
    this.#cleanedAt = performance.now();
    await this.#db
      .deleteFrom('outbox')
      .where('published_at', '<', new Date(Date.now() - this.#keepPublishedMs))
      .execute();
  }
}

/** The rows of each aggregate in their order; the aggregate of the oldest row last, because lanes are taken from the end. */
function lanesByAggregate(rows: readonly OutboxRow[]): OutboxRow[][] {
  const lanes = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const parts = parseEventSubject(row.subject);
    const aggregate = parts ? `${parts.tenant}.${parts.aggregate}.${parts.id}` : row.subject;
    const lane = lanes.get(aggregate);
    if (lane) lane.push(row);
    else lanes.set(aggregate, [row]);
  }
  return [...lanes.values()].reverse();
}

function headersOf(row: OutboxRow) {
  const source = isEventType(row.type) ? EVENT_CATALOGUE[row.type].source : 'unknown';
  return toHeaders({
    id: row.event_id,
    type: row.type,
    source: `/athanor/${source}`,
    subject: row.subject,
    aggregateVersion: row.aggregate_version,
    time: row.occurred_at,
    traceparent: row.traceparent,
  });
}
