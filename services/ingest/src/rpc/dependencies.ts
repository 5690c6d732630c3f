import type { BlobStore } from '@athanor/blobs';
import type { ServiceImplementation } from '@athanor/contracts';
import type { CallContext } from '@athanor/service';
import type { TableOutlook } from '../preparation/plan-table.js';
import type { PreparationPlan } from '../preparation/prepared-version.js';
import type { Db } from '../store/tables.js';

export type IngestMethods = ServiceImplementation<'ingest', CallContext>;

export interface IngestDependencies {
  readonly db: Db;
  readonly blobs: BlobStore;
  /** Maximum size of an upload and of an unpacked source. */
  readonly maxUploadBytes: number;
  /** What an import would make of a plan. */
  readonly planTable: (plan: PreparationPlan, signal: AbortSignal) => Promise<TableOutlook>;
  /** Called when a version was created and must be prepared. */
  readonly onVersionCreated: () => void;
  /** Called after a commit that appended to the outbox. */
  readonly onCommit: () => void;
  /** Interval after which a watch repeats an unchanged version. Default 30 s. */
  readonly watchRepeatMs?: number;
}
