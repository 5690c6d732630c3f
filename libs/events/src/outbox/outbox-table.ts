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
    /** How often publishing this row failed while others were published. */
    failures: Generated<number>;
    /** It is not tried again before, and neither are later rows of its aggregate. */
    retry_at: Date | null;
    /** Set where it can never be published as it is; it stays here and delays nobody. */
    set_aside_at: Date | null;
    /** Why it was not published when it was last tried. */
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
    // Stays small: what is published falls out of it.
    await db.schema
      .createIndex('outbox_unpublished')
      .on('outbox')
      .column('sequence')
      .where(sql.ref('published_at'), 'is', null)
      .execute();
  },
};

/** Rows that cannot be published now, or at all, without delaying the others. */
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
