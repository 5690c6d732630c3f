import type { Migration } from '@athanor/database';
import { type ColumnType, sql } from 'kysely';

export interface UploadTable {
  upload_id: string;
  tenant: string;
  request_id: string | null;
  fingerprint: string;
  filename: string;
  byte_size: number;
  /** The digest that the uploader expects; empty accepts any content. */
  expected_digest: string;
  committed_offset: number;
  state: 'STATE_ACTIVE' | 'STATE_COMPLETE';
  /** Digest of the whole content, once complete. */
  digest: string;
  create_time: ColumnType<Date, Date | undefined, never>;
}

/** The stored pieces of an incomplete upload. */
export interface UploadPartTable {
  upload_id: string;
  part_offset: number;
  byte_size: number;
  digest: string;
}

/** The tables that a service with uploads has in its own schema. */
export interface UploadTables {
  uploads: UploadTable;
  upload_parts: UploadPartTable;
}

/** Creates the tables. The name has its place in the order of the service's own migrations. */
export function uploadsMigration(name: string): Migration {
  return {
    name,
    async up(db) {
      await db.schema
        .createTable('uploads')
        .addColumn('upload_id', 'text', c => c.primaryKey())
        .addColumn('tenant', 'text', c => c.notNull())
        .addColumn('request_id', 'text')
        .addColumn('fingerprint', 'text', c => c.notNull())
        .addColumn('filename', 'text', c => c.notNull())
        .addColumn('byte_size', 'bigint', c => c.notNull())
        .addColumn('expected_digest', 'text', c => c.notNull())
        .addColumn('committed_offset', 'bigint', c => c.notNull())
        .addColumn('state', 'text', c => c.notNull())
        .addColumn('digest', 'text', c => c.notNull())
        .addColumn('create_time', 'timestamptz', c => c.notNull().defaultTo(sql`now()`))
        .addUniqueConstraint('uploads_request', ['tenant', 'request_id'])
        .execute();
      await db.schema
        .createTable('upload_parts')
        .addColumn('upload_id', 'text', c => c.notNull())
        .addColumn('part_offset', 'bigint', c => c.notNull())
        .addColumn('byte_size', 'bigint', c => c.notNull())
        .addColumn('digest', 'text', c => c.notNull())
        .addPrimaryKeyConstraint('upload_parts_pkey', ['upload_id', 'part_offset'])
        .execute();
    },
  };
}
