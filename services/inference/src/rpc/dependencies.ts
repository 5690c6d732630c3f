import type { ServiceImplementation } from '@athanor/contracts';
import type { ChosenProvider } from '@athanor/runtime';
import type { CallContext } from '@athanor/service';
import type { Catalog } from '../deployments/catalog.js';

export interface InferenceDependencies {
  readonly catalog: Catalog;
  readonly maxQueueSize: number;
  readonly maxQueueDelayUs: number;
  readonly chosen: ChosenProvider;
}

type Methods = ServiceImplementation<'inference', CallContext>;

/** Methods that are missing here (shared memory, trace and log settings) return UNIMPLEMENTED. */
export type InferenceMethods = Omit<Methods, 'modelInfer' | 'modelStreamInfer'> & {
  modelInfer(request: Buffer, context: CallContext): Promise<Buffer>;
  modelStreamInfer(requests: AsyncIterable<Buffer>, context: CallContext): AsyncIterable<Buffer>;
};
