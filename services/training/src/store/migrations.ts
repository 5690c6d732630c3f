import type { Migration } from '@athanor/database';
import { outboxFailuresMigration, outboxMigration } from '@athanor/events';
import { type Kysely, sql } from 'kysely';
import type { TrainingTables } from './tables.js';

/** The training service's schema. Append only: version N−1 must run on the schema of version N. */
export const MIGRATIONS: readonly Migration[] = [
  outboxMigration,
  {
    name: '0001_jobs',
    async up(db) {
      await db.schema
        .createTable('jobs')
        .addColumn('job_id', 'text', c => c.primaryKey())
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('model_name', 'text', c => c.notNull())
        .addColumn('spec', 'jsonb', c => c.notNull())
        .addColumn('state', 'text', c => c.notNull())
        .addColumn('phase', 'text', c => c.notNull())
        .addColumn('attempt_epoch', 'integer', c => c.notNull().defaultTo(0))
        .addColumn('progress', 'jsonb', c => c.notNull())
        .addColumn('result', 'jsonb')
        .addColumn('error', 'jsonb')
        .addColumn('request_id', 'text')
        .addColumn('fingerprint', 'text', c => c.notNull())
        .addColumn('revision', 'integer', c => c.notNull().defaultTo(1))
        .addColumn('create_time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addColumn('end_time', 'timestamptz')
        .addUniqueConstraint('jobs_request', ['tenant', 'request_id'])
        .execute();
      await db.schema.createIndex('jobs_by_state').on('jobs').columns(['state', 'create_time']).execute();
      await db.schema
        .createTable('transitions')
        .addColumn('id', 'bigserial', c => c.primaryKey())
        .addColumn('job_id', 'text', c => c.notNull())
        .addColumn('state', 'text', c => c.notNull())
        .addColumn('phase', 'text', c => c.notNull())
        .addColumn('reason', 'text', c => c.notNull())
        .addColumn('message', 'text', c => c.notNull())
        .addColumn('time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .execute();
      await db.schema.createIndex('transitions_by_job').on('transitions').columns(['job_id', 'id']).execute();
    },
  },
  {
    name: '0002_attempts',
    async up(db) {
      await db.schema
        .createTable('attempts')
        .addColumn('attempt_id', 'text', c => c.primaryKey())
        .addColumn('job_id', 'text', c => c.notNull())
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('epoch', 'integer', c => c.notNull())
        .addColumn('state', 'text', c => c.notNull())
        .addColumn('resumed_from_step', 'bigint', c => c.notNull().defaultTo(0))
        .addColumn('message', 'text', c => c.notNull().defaultTo(''))
        .addColumn('executor_ref', 'text', c => c.notNull().defaultTo(''))
        .addColumn('lease_expires', 'timestamptz', c => c.notNull())
        .addColumn('start_time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addColumn('end_time', 'timestamptz')
        .addUniqueConstraint('attempts_epoch', ['job_id', 'epoch'])
        .execute();
      await db.schema
        .createTable('epochs')
        .addColumn('job_id', 'text', c => c.notNull())
        .addColumn('epoch', 'integer', c => c.notNull())
        .addColumn('metrics', 'jsonb', c => c.notNull())
        .addPrimaryKeyConstraint('epochs_pkey', ['job_id', 'epoch'])
        .execute();
      await db.schema
        .createTable('checkpoints')
        .addColumn('job_id', 'text', c => c.notNull())
        .addColumn('step', 'bigint', c => c.notNull())
        .addColumn('digest', 'text', c => c.notNull())
        .addColumn('attempt_epoch', 'integer', c => c.notNull())
        .addColumn('create_time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('checkpoints_pkey', ['job_id', 'step'])
        .execute();
      await db.schema
        .createTable('job_blobs')
        .addColumn('job_id', 'text', c => c.notNull())
        .addColumn('digest', 'text', c => c.notNull())
        .addPrimaryKeyConstraint('job_blobs_pkey', ['job_id', 'digest'])
        .execute();
    },
  },
  {
    name: '0003_retry_pause',
    async up(db) {
      await db.schema.alterTable('jobs').addColumn('not_before', 'timestamptz').execute();
    },
  },
  {
    name: '0004_blocked_attempts',
    async up(db) {
      await db.schema
        .alterTable('attempts')
        .addColumn('blocked', 'boolean', c => c.notNull().defaultTo(false))
        .execute();
    },
  },
  {
    name: '0005_deleted_jobs',
    async up(db) {
      await db.schema.alterTable('jobs').addColumn('delete_time', 'timestamptz').execute();
    },
  },
  outboxFailuresMigration,
  {
    // Specs are components. The only migration that is not an expansion; see ingest's 0005_columns.
    name: '0006_components',
    async up(db) {
      const jobs = db as Kysely<TrainingTables>;
      const job = await jobs.selectFrom('jobs').select('job_id').limit(1).executeTakeFirst();
      if (job !== undefined) throw new Error(EARLIER_SPECS);
    },
  },
];

const EARLIER_SPECS =
  'this database has training jobs of an earlier release, which this release cannot read; nothing in it was changed. Use a new home (athanor --home FOLDER up) or a new database, or go on with the earlier release';
