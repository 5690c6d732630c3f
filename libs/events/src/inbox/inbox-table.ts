import type { Migration } from '@athanor/database';

/** Part of the schema of every service that consumes events. */
export interface InboxTables {
  /** The events that a consumer has applied. */
  inbox: { consumer: string; event_id: string; applied_at: Date };
  /** The newest version of each aggregate that a fenced consumer has applied. */
  inbox_versions: { consumer: string; aggregate: string; version: number };
}

export const inboxMigration: Migration = {
  name: 'events_inbox_1',
  up: async db => {
    await db.schema
      .createTable('inbox')
      .addColumn('consumer', 'text', column => column.notNull())
      .addColumn('event_id', 'text', column => column.notNull())
      .addColumn('applied_at', 'timestamptz', column => column.notNull())
      .addPrimaryKeyConstraint('inbox_pkey', ['consumer', 'event_id'])
      .execute();
    await db.schema
      .createTable('inbox_versions')
      .addColumn('consumer', 'text', column => column.notNull())
      .addColumn('aggregate', 'text', column => column.notNull())
      .addColumn('version', 'bigint', column => column.notNull())
      .addPrimaryKeyConstraint('inbox_versions_pkey', ['consumer', 'aggregate'])
      .execute();
  },
};
