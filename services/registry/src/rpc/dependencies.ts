import type { BlobStore } from '@athanor/blobs';
import type { ServiceImplementation } from '@athanor/contracts';
import type { CallContext } from '@athanor/service';
import type { Db } from '../store/models.js';

export type RegistryMethods = ServiceImplementation<'registry', CallContext>;

export interface RegistryDependencies {
  readonly db: Db;
  readonly blobs: BlobStore;
  /** Called after a commit that appended to the outbox. */
  readonly onCommit: () => void;
}
