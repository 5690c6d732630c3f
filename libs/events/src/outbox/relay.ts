/*
 * Publishes the outbox to JetStream: publish, wait for the acknowledgement, mark. A relay that dies in between
 * publishes again, and the stream drops the duplicate by its id. Events of an aggregate are published in order;
 * different aggregates in parallel. A row that cannot be published delays no other aggregate: it is retried later, or
 * set aside if it can never be published. Several relays on one outbox are safe.
 */
import { eventSource, isEventType } from '@athanor/contracts';
import { crashPoint } from '@athanor/service';
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Kysely, type Selectable, sql } from 'kysely';
import { toHeaders } from '../event-message.js';
import { type EventCounters, type EventTelemetry, eventCounters } from '../event-telemetry.js';
import { Waker } from '../waker.js';
import type { OutboxTables } from './outbox-table.js';
import { classifyPublishFailure, rowRetryMs } from './publish-failure.js';

export interface RelayOptions<DB extends OutboxTables> {
  readonly db: Kysely<DB>;
  readonly connection: NatsConnection;
  readonly telemetry: EventTelemetry;
  /** Maximum delay of an event when nobody calls `wake`. Default 500. */
  readonly pollIntervalMs?: number;
  /** How long a published event stays in the table, for debugging. Default one day. */
  readonly keepPublishedMs?: number;
  /** Called at named points, for tests that kill the process there. */
  readonly at?: (point: RelayPoint) => void;
}

export type RelayPoint = 'outbox.read' | 'outbox.published' | 'outbox.marked';

export interface Relay {
  /** Call it after a commit that appended to the outbox. */
  wake(): void;
  /** Resolves after the current batch. */
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
        const found = await this.#relayBatch();
        retryMs = RETRY_FIRST_MS;
        if (found > 0) continue;
        await this.#removeOld();
        await this.#waker.wait(this.#pollIntervalMs);
      } catch (error) {
        this.#counters.publishFailures.add(1);
        this.#log.warn({ err: error, retryMs }, 'the outbox could not be published; retrying');
        await this.#waker.pause(retryMs);
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    }
  }

  async #relayBatch(): Promise<number> {
    const rows = await this.#dueRows();
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
    return rows.length;
  }

  /** The oldest unpublished rows, except those of delayed aggregates. */
  async #dueRows(): Promise<OutboxRow[]> {
    return await this.#db
      .selectFrom('outbox')
      .selectAll()
      .where('published_at', 'is', null)
      .where('set_aside_at', 'is', null)
      // A subquery that PostgreSQL hashes; as a join it would compare every row with every other.
      .where(aggregateOfColumn('outbox.subject'), 'not in', eb =>
        eb
          .selectFrom('outbox as waiting')
          .select(aggregateOfColumn('waiting.subject').as('aggregate'))
          .where('waiting.published_at', 'is', null)
          .where('waiting.set_aside_at', 'is', null)
          .where('waiting.retry_at', '>', sql<Date>`now()`),
      )
      .orderBy('sequence')
      .limit(BATCH_SIZE)
      .execute();
  }

  /** Throws only if NATS is unavailable; every other failure is recorded in its row. */
  async #publishInOrder(rows: readonly OutboxRow[], published: number[]): Promise<void> {
    for (const row of rows) {
      try {
        const ack = await this.#jetstream.publish(row.subject, row.payload, {
          msgID: row.event_id,
          headers: headersOf(row),
        });
        published.push(row.sequence);
        this.#counters.published.add(1, { type: row.type, duplicate: ack.duplicate });
      } catch (error) {
        const failure = classifyPublishFailure(error);
        if (failure === 'unavailable') throw error;
        await this.#noteFailure(row, error as Error, failure);
        if (failure === 'row') return;
      }
    }
  }

  async #noteFailure(row: OutboxRow, error: Error, failure: 'row' | 'permanent'): Promise<void> {
    const { event_id: eventId, sequence, type } = row;
    const failures = row.failures + 1;
    const retryMs = rowRetryMs(failures);
    const isPermanent = failure === 'permanent';
    await this.#db
      .updateTable('outbox')
      .set({
        failures,
        failure: error.message,
        ...(isPermanent
          ? { set_aside_at: sql<Date>`now()` }
          : { retry_at: sql<Date>`now() + ${retryMs} * interval '1 millisecond'` }),
      })
      .where('sequence', '=', sequence)
      .execute();
    const fields = { err: error, eventId, type, bytes: row.payload.length, failures };
    if (isPermanent) {
      this.#counters.setAside.add(1, { type });
      this.#log.error(fields, 'an event can never be published; it is set aside in the outbox');
    } else {
      this.#counters.publishFailures.add(1);
      this.#log.warn({ ...fields, retryMs }, 'an event could not be published; it is retried while others continue');
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

/**
 * Rows grouped by aggregate, in order; the aggregate of the oldest row is last, because lanes are taken from the end.
 */
function lanesByAggregate(rows: readonly OutboxRow[]): OutboxRow[][] {
  const lanes = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const aggregate = aggregateOf(row.subject);
    const lane = lanes.get(aggregate);
    if (lane) lane.push(row);
    else lanes.set(aggregate, [row]);
  }
  return [...lanes.values()].reverse();
}

/** `aggregateOf` in SQL. */
function aggregateOfColumn(column: 'waiting.subject' | 'outbox.subject') {
  return sql<string>`regexp_replace(${sql.ref(column)}, '\\.[^.]*$', '')`;
}

/** A subject without its last token, the event's name. */
function aggregateOf(subject: string): string {
  return subject.slice(0, subject.lastIndexOf('.'));
}

function headersOf(row: OutboxRow) {
  const source = isEventType(row.type) ? eventSource(row.type) : 'unknown';
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
