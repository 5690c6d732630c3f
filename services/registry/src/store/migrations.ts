import type { Migration } from '@athanor/database';
import { inboxMigration, outboxFailuresMigration, outboxMigration } from '@athanor/events';
import { uploadsMigration } from '@athanor/uploads';
import { type Kysely, sql } from 'kysely';
import type { RegistryTables } from './tables.js';

/** The registry's schema. Append only: version N−1 must run on the schema of version N. */
export const MIGRATIONS: readonly Migration[] = [
  outboxMigration,
  inboxMigration,
  {
    name: '0001_models',
    async up(db) {
      await db.schema
        .createTable('models')
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('name', 'text', c => c.notNull())
        .addColumn('description', 'text', c => c.notNull().defaultTo(''))
        .addColumn('latest_version', 'integer', c => c.notNull().defaultTo(0))
        .addColumn('create_time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('models_pkey', ['tenant', 'name'])
        .execute();
      await db.schema
        .createTable('model_versions')
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('model_name', 'text', c => c.notNull())
        .addColumn('version', 'integer', c => c.notNull())
        .addColumn('digest', 'text', c => c.notNull())
        .addColumn('dataset_digest', 'text', c => c.notNull())
        .addColumn('manifest', 'jsonb', c => c.notNull())
        .addColumn('files', 'jsonb', c => c.notNull())
        .addColumn('evaluations', 'jsonb', c => c.notNull())
        .addColumn('cpu_threads', 'integer', c => c.notNull())
        .addColumn('create_time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('model_versions_pkey', ['tenant', 'model_name', 'version'])
        .addUniqueConstraint('model_versions_digest', ['tenant', 'model_name', 'digest'])
        .execute();
      await db.schema
        .createTable('version_jobs')
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('job_id', 'text', c => c.notNull())
        .addColumn('model_name', 'text', c => c.notNull())
        .addColumn('version', 'integer', c => c.notNull())
        .addColumn('lineage', 'jsonb', c => c.notNull())
        .addColumn('create_time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('version_jobs_pkey', ['tenant', 'job_id'])
        .execute();
    },
  },
  {
    name: '0002_aliases',
    async up(db) {
      await db.schema
        .createTable('aliases')
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('model_name', 'text', c => c.notNull())
        .addColumn('alias', 'text', c => c.notNull())
        .addColumn('version', 'integer', c => c.notNull())
        .addColumn('revision', 'integer', c => c.notNull())
        .addColumn('update_time', 'timestamptz', c => c.notNull())
        .addPrimaryKeyConstraint('aliases_pkey', ['tenant', 'model_name', 'alias'])
        .execute();
      await db.schema
        .createTable('alias_moves')
        .addColumn('id', 'bigserial', c => c.primaryKey())
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('model_name', 'text', c => c.notNull())
        .addColumn('alias', 'text', c => c.notNull())
        .addColumn('from_version', 'integer', c => c.notNull())
        .addColumn('to_version', 'integer', c => c.notNull())
        .addColumn('rollback', 'boolean', c => c.notNull())
        .addColumn('actor', 'text', c => c.notNull())
        .addColumn('reason', 'text', c => c.notNull())
        .addColumn('gate_results', 'jsonb', c => c.notNull())
        .addColumn('request_id', 'text')
        .addColumn('fingerprint', 'text', c => c.notNull())
        .addColumn('time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addUniqueConstraint('alias_moves_request', ['tenant', 'request_id'])
        .execute();
      await db.schema
        .createTable('gates')
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('model_name', 'text', c => c.notNull())
        .addColumn('alias', 'text', c => c.notNull())
        .addColumn('metric', 'text', c => c.notNull())
        .addColumn('split', 'text', c => c.notNull())
        .addColumn('gate', 'jsonb', c => c.notNull())
        .addPrimaryKeyConstraint('gates_pkey', ['tenant', 'model_name', 'alias', 'metric', 'split'])
        .execute();
    },
  },
  {
    name: '0003_deployments',
    async up(db) {
      await db.schema
        .createTable('deployments')
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('name', 'text', c => c.notNull())
        .addColumn('model_name', 'text', c => c.notNull())
        .addColumn('alias', 'text', c => c.notNull())
        .addColumn('version', 'integer', c => c.notNull())
        .addColumn('revision', 'integer', c => c.notNull())
        .addColumn('create_time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('deployments_pkey', ['tenant', 'name'])
        .execute();
    },
  },
  {
    name: '0004_gates_of_datasets',
    // In the column that is already in the key: version N−1 upserts gates with ON CONFLICT on exactly these columns.
    async up(db) {
      await (db as Kysely<Pick<RegistryTables, 'gates'>>)
        .updateTable('gates')
        .set({ split: sql<string>`(gate ->> 'split') || ' ' || (gate ->> 'datasetDigest')` })
        .where(sql<string>`coalesce(gate ->> 'datasetDigest', '')`, '<>', '')
        .execute();
    },
  },
  {
    name: '0005_deleted_models',
    async up(db) {
      await db.schema
        .alterTable('models')
        .addColumn('delete_time', 'timestamptz')
        .addColumn('deleted_version', 'integer')
        .execute();
    },
  },
  outboxFailuresMigration,
  uploadsMigration('0006_uploads'),
  {
    name: '0007_imports',
    async up(db) {
      await db.schema.alterTable('model_versions').addColumn('imported', 'jsonb').execute();
      await db.schema
        .createTable('version_imports')
        .addColumn('import_id', 'text', c => c.primaryKey())
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('model_name', 'text', c => c.notNull())
        .addColumn('version', 'integer', c => c.notNull())
        .addColumn('created', 'boolean', c => c.notNull())
        .addColumn('source', 'text', c => c.notNull())
        .addColumn('actor', 'text', c => c.notNull())
        .addColumn('files', 'jsonb', c => c.notNull())
        .addColumn('request_id', 'text')
        .addColumn('fingerprint', 'text', c => c.notNull())
        .addColumn('create_time', 'timestamptz', c => c.notNull().defaultTo(sql`clock_timestamp()`))
        .addUniqueConstraint('version_imports_request', ['tenant', 'request_id'])
        .execute();
      await db.schema
        .createIndex('version_imports_version')
        .on('version_imports')
        .columns(['tenant', 'model_name', 'version'])
        .execute();
    },
  },
  {
    // Version N−1 neither reads nor writes these columns; a change that it makes keeps the settings.
    name: '0008_serving_settings',
    async up(db) {
      await db.schema
        .alterTable('deployments')
        .addColumn('serving', 'jsonb')
        .addColumn('stopped', 'boolean', c => c.notNull().defaultTo(false))
        .execute();
      await db.schema
        .createTable('deployment_revisions')
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('name', 'text', c => c.notNull())
        .addColumn('deployment_time', 'timestamptz', c => c.notNull())
        .addColumn('revision', 'integer', c => c.notNull())
        .addColumn('model_name', 'text', c => c.notNull())
        .addColumn('alias', 'text', c => c.notNull())
        .addColumn('version', 'integer', c => c.notNull())
        .addColumn('serving', 'jsonb')
        .addColumn('stopped', 'boolean', c => c.notNull())
        .addColumn('actor', 'text', c => c.notNull())
        .addColumn('reason', 'text', c => c.notNull())
        .addColumn('request_id', 'text')
        .addColumn('fingerprint', 'text', c => c.notNull())
        .addColumn('time', 'timestamptz', c => c.notNull().defaultTo(sql`clock_timestamp()`))
        .addPrimaryKeyConstraint('deployment_revisions_pkey', ['tenant', 'name', 'deployment_time', 'revision'])
        .addUniqueConstraint('deployment_revisions_request', ['tenant', 'request_id'])
        .execute();
    },
  },
];
