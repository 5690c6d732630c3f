import type { Migration } from '@athanor/database';
import { outboxFailuresMigration, outboxMigration } from '@athanor/events';
import { uploadsMigration } from '@athanor/uploads';
import { type Kysely, sql } from 'kysely';
import type { IngestTables } from './tables.js';

/** Ingest's schema. Append only: version N−1 must run on the schema of version N. */
export const MIGRATIONS: readonly Migration[] = [
  outboxMigration,
  uploadsMigration('0001_uploads'),
  {
    name: '0002_datasets',
    async up(db) {
      await db.schema
        .createTable('datasets')
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('dataset_id', 'text', c => c.notNull())
        .addColumn('description', 'text', c => c.notNull())
        .addColumn('last_version', 'integer', c => c.notNull())
        .addColumn('latest_ready', 'integer', c => c.notNull())
        .addColumn('create_time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('datasets_pkey', ['tenant', 'dataset_id'])
        .execute();
      await db.schema
        .createTable('dataset_versions')
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('dataset_id', 'text', c => c.notNull())
        .addColumn('version', 'integer', c => c.notNull())
        .addColumn('state', 'text', c => c.notNull())
        .addColumn('request_id', 'text')
        .addColumn('fingerprint', 'text', c => c.notNull())
        .addColumn('plan', 'jsonb', c => c.notNull())
        .addColumn('progress', 'jsonb', c => c.notNull())
        .addColumn('result', 'jsonb')
        .addColumn('error', 'jsonb')
        .addColumn('lease_expires', 'timestamptz')
        .addColumn('revision', 'integer', c => c.notNull())
        .addColumn('create_time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('dataset_versions_pkey', ['tenant', 'dataset_id', 'version'])
        .addUniqueConstraint('dataset_versions_request', ['tenant', 'request_id'])
        .execute();
    },
  },
  {
    name: '0003_preparation_attempts',
    async up(db) {
      const attempts = db.schema.alterTable('dataset_versions');
      await attempts.addColumn('attempts', 'integer', c => c.notNull().defaultTo(0)).execute();
    },
  },
  {
    name: '0004_deleted_datasets',
    async up(db) {
      const datasets = db.schema.alterTable('datasets');
      await datasets.addColumn('delete_time', 'timestamptz').addColumn('deleted_version', 'integer').execute();
    },
  },
  outboxFailuresMigration,
  {
    // Format 2 of dataset versions: named and typed columns. The only migration that is not an expansion.
    name: '0005_columns',
    async up(db) {
      const versions = db as Kysely<IngestTables>;
      const version = await versions.selectFrom('dataset_versions').select('version').limit(1).executeTakeFirst();
      if (version !== undefined) throw new Error(EARLIER_FORMAT);
    },
  },
];

const EARLIER_FORMAT =
  'this database has dataset versions of an earlier release, in a format without columns that this release cannot read; nothing in it was changed. Use a new home (athanor --home FOLDER up) or a new database and import the sources again, or go on with the earlier release';
