import type { BlobStore } from '@athanor/blobs';
import type { ServiceImplementation } from '@athanor/contracts';
import type { CallContext } from '@athanor/service';
import type { CheckModel } from '../imports/checked-model.js';
import type { ImportQueue } from '../imports/import-queue.js';
import type { Db } from '../store/models.js';

export type RegistryMethods = ServiceImplementation<'registry', CallContext>;

export interface RegistryDependencies {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly imports: ImportDependencies;
  /** Called after a commit that appended to the outbox. */
  readonly onCommit: () => void;
}

export interface ImportDependencies {
  readonly checkModel: CheckModel;
  readonly queue: ImportQueue;
  readonly deadlineMs: number;
  /** Maximum size of a model, and of an upload. */
  readonly maxModelBytes: number;
}
