import type { Migration } from '@athanor/database';
import { type Generated, sql } from 'kysely';

/** Part of the tables of every service that publishes. */
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
    // Stays small: what is published falls out of it.
    await db.schema
      .createIndex('outbox_unpublished')
      .on('outbox')
      .column('sequence')
      .where(sql.ref('published_at'), 'is', null)
      .execute();
  },
};
