/*
 * Shared by the integration tests: a real NATS, PGlite in memory, and a service's schema with outbox, inbox and a table
 * of effects.
 */
import { randomUUID } from 'node:crypto';
import { type DatabaseEngine, type Migration, openDatabase } from '@athanor/database';
import { createTelemetry } from '@athanor/service';
import { startNats, type TestNats } from '@athanor/testkit';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Kysely, Transaction } from 'kysely';
import {
  connectNats,
  type EventTelemetry,
  ensureStreams,
  type InboxTables,
  inboxMigration,
  type OutboxTables,
  outboxFailuresMigration,
  outboxMigration,
  type ReceivedEvent,
} from './index.js';

export interface BenchTables extends OutboxTables, InboxTables {
  effects: { sequence?: number; job_id: string; version: number };
}

const effectsMigration: Migration = {
  name: 'effects',
  up: async db => {
    await db.schema
      .createTable('effects')
      .addColumn('sequence', 'bigserial')
      .addColumn('job_id', 'text', column => column.notNull())
      .addColumn('version', 'bigint', column => column.notNull())
      .execute();
  },
};

export const BENCH_MIGRATIONS: readonly Migration[] = [
  outboxMigration,
  inboxMigration,
  effectsMigration,
  outboxFailuresMigration,
];

export interface Bench {
  readonly nats: TestNats;
  readonly connection: NatsConnection;
  readonly telemetry: EventTelemetry;
  /** A new schema, like that of a service that starts for the first time. */
  openSchema(): Promise<Kysely<BenchTables>>;
  stop(): Promise<void>;
}

export async function startBench(): Promise<Bench> {
  const nats = await startNats();
  const engine: DatabaseEngine = await openDatabase('pglite:');
  const telemetry = createTelemetry({ service: 'events-test', logLevel: 'silent' });
  const { url, user, password } = nats;
  const connection = await connectNats({ url, user, password, name: 'events-test' });
  await ensureStreams(connection);
  return {
    nats,
    connection,
    telemetry,
    openSchema: () =>
      engine.open<BenchTables>({ schema: `t_${randomUUID().slice(0, 8)}`, migrations: BENCH_MIGRATIONS }),
    async stop() {
      await connection.close();
      await telemetry.shutdown();
      await engine.close();
      await nats.stop();
    },
  };
}

export function queued(jobId: string, aggregateVersion: number, tenant = 'acme') {
  return { type: 'training.job.queued', tenant, aggregateId: jobId, aggregateVersion, payload: { jobId } } as const;
}

/** The effect of an event: a row without a unique key, so that duplicates are visible. */
export async function recordEffect(trx: Transaction<BenchTables>, event: ReceivedEvent): Promise<void> {
  await trx.insertInto('effects').values({ job_id: event.aggregateId, version: event.aggregateVersion }).execute();
}

export async function effectsOf(db: Kysely<BenchTables>): Promise<string[]> {
  const rows = await db.selectFrom('effects').selectAll().orderBy('sequence').execute();
  return rows.map(row => `${row.job_id}/${row.version}`);
}
