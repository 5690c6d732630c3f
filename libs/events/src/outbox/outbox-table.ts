import type { Migration } from '@athanor/database';
import { type Generated, sql } from 'kysely';

/** Part of the schema of every service that publishes events. */
export interface OutboxTables {
  outbox: {
    sequence: Generated<number>;
    event_id: string;
    type: string;
    subject: string;
    aggregate_version: number;
    payload: Buffer;
    occurred_at: Date;
    traceparent: string | null;
    published_at: Date | null;
    /** Number of failed attempts to publish this row while others succeeded. */
    failures: Generated<number>;
    /** Not retried before this time, and neither are later rows of its aggregate. */
    retry_at: Date | null;
    /** Set if it can never be published; the row stays here and delays no others. */
    set_aside_at: Date | null;
    /** Error of the last failed attempt. */
    failure: string | null;
  };
}

export const outboxMigration: Migration = {
  name: 'events_outbox_1',
  up: async db => {
    await db.schema
      .createTable('outbox')
      .addColumn('sequence', 'bigserial', column => column.primaryKey())
      .addColumn('event_id', 'text', column => column.notNull().unique())
      .addColumn('type', 'text', column => column.notNull())
      .addColumn('subject', 'text', column => column.notNull())
      .addColumn('aggregate_version', 'bigint', column => column.notNull())
      .addColumn('payload', 'bytea', column => column.notNull())
      .addColumn('occurred_at', 'timestamptz', column => column.notNull())
      .addColumn('traceparent', 'text')
      .addColumn('published_at', 'timestamptz')
      .execute();
    // A partial index that stays small: published rows are not in it.
    await db.schema
      .createIndex('outbox_unpublished')
      .on('outbox')
      .column('sequence')
      .where(sql.ref('published_at'), 'is', null)
      .execute();
  },
};

/** Rows that cannot be published now, or ever, without delaying the others. */
export const outboxFailuresMigration: Migration = {
  name: 'events_outbox_2_failures',
  up: async db => {
    await db.schema
      .alterTable('outbox')
      .addColumn('failures', 'integer', column => column.notNull().defaultTo(0))
      .addColumn('retry_at', 'timestamptz')
      .addColumn('set_aside_at', 'timestamptz')
      .addColumn('failure', 'text')
      .execute();
  },
};
