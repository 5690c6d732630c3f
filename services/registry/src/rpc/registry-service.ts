import type { BlobStore } from '@athanor/blobs';
import type { ServiceImplementation } from '@athanor/contracts';
import type { CallContext } from '@athanor/service';
import type { Db } from '../store/models.js';
import { aliasMethods } from './alias-methods.js';
import { deploymentMethods } from './deployment-methods.js';
import { lineageMethods } from './lineage-methods.js';
import { modelMethods } from './model-methods.js';

export type RegistryMethods = ServiceImplementation<'registry', CallContext>;

export interface RegistryDependencies {
  readonly db: Db;
  readonly blobs: BlobStore;
  /** Something was committed that the outbox must tell. */
  readonly onCommit: () => void;
}

/** All RPCs of the registry, one file for each kind of thing. */
export function registryService(dependencies: RegistryDependencies): RegistryMethods {
  return {
    ...modelMethods(dependencies),
    ...aliasMethods(dependencies),
    ...deploymentMethods(dependencies),
    ...lineageMethods(dependencies),
  };
}
