import type { BlobStore } from '@athanor/blobs';
import type { ServiceImplementation } from '@athanor/contracts';
import type { CallContext } from '@athanor/service';
import type { Db } from '../store/uploads.js';

export type IngestMethods = ServiceImplementation<'ingest', CallContext>;

export interface IngestDependencies {
  readonly db: Db;
  readonly blobs: BlobStore;
  /** Largest upload, and largest unpacked source. */
  readonly maxUploadBytes: number;
  /** A version waits to be prepared. */
  readonly onVersionCreated: () => void;
  /** Called after a commit that wrote to the outbox. */
  readonly onCommit: () => void;
  /** Between equal messages of a watch. Default 30 s. */
  readonly watchRepeatMs?: number;
}
