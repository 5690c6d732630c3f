import type { OutboxTables } from '@athanor/events';
import type { UploadTables } from '@athanor/uploads';
import type { ColumnType, Kysely, Transaction } from 'kysely';
import type { PreparationPlan, PreparedVersion } from '../preparation/prepared-version.js';

type Created = ColumnType<Date, Date | undefined, never>;

export interface DatasetTable {
  tenant: string;
  dataset_id: string;
  description: string;
  /** The last assigned number, and the newest that is READY. */
  last_version: number;
  latest_ready: number;
  create_time: ColumnType<Date, Date | undefined, Date>;
  /** Null unless it was deleted and not created again; the row stays, so that its numbers continue. */
  delete_time: Date | null;
  /** The last number assigned before its latest deletion. */
  deleted_version: number | null;
}

/** Progress of a preparation. */
export interface PreparationPhase {
  readonly phase: string;
  readonly completed: number;
  readonly total: number;
}

export interface DatasetVersionTable {
  tenant: string;
  dataset_id: string;
  version: number;
  state: 'STATE_PREPARING' | 'STATE_READY' | 'STATE_FAILED';
  request_id: string | null;
  fingerprint: string;
  plan: PreparationPlan;
  progress: PreparationPhase;
  result: PreparedVersion | null;
  error: { code: number; message: string } | null;
  /** End of the preparer's lease; another preparer may take it after that. */
  lease_expires: Date | null;
  /** How often it was taken. */
  attempts: number;
  /** Incremented with each change, for watchers. */
  revision: number;
  create_time: Created;
}

export interface IngestTables extends OutboxTables, UploadTables {
  datasets: DatasetTable;
  dataset_versions: DatasetVersionTable;
}

/** A connection or a transaction. */
export type Db = Kysely<IngestTables>;
export type Trx = Transaction<IngestTables>;
