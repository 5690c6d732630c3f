import type { ServiceImplementation } from '@athanor/contracts';
import type { CallContext } from '@athanor/service';
import type { DataPlane } from '../../data-plane/data-plane.js';
import type { Catalog } from '../../deployments/catalog.js';
import type { ProcessPlace } from '../../deployments/describe-deployment.js';
import type { ChangeDeployment } from '../../deployments/follow-change.js';

export interface InferenceDependencies {
  readonly plane: DataPlane;
  readonly catalog: Catalog;
  /** Changes the desired state in the registry, as the caller. */
  readonly change: ChangeDeployment;
  readonly process: ProcessPlace;
}

type Methods = ServiceImplementation<'inference', CallContext>;

/** Methods that are missing here (shared memory, trace and log settings) return UNIMPLEMENTED. */
export type InferenceMethods = Omit<Methods, 'modelInfer' | 'modelStreamInfer'> & {
  modelInfer(request: Buffer, context: CallContext): Promise<Buffer>;
  modelStreamInfer(requests: AsyncIterable<Buffer>, context: CallContext): AsyncIterable<Buffer>;
};
