import type { ServiceImplementation } from '@athanor/contracts';
import type { ChosenProvider } from '@athanor/runtime';
import type { CallContext } from '@athanor/service';
import type { Catalog } from '../deployments/catalog.js';
import { inferMethods } from './infer-methods.js';
import { modelMethods } from './model-methods.js';
import { repositoryMethods } from './repository-methods.js';
import { serverMethods } from './server-methods.js';

export interface InferenceDependencies {
  readonly catalog: Catalog;
  readonly maxQueueSize: number;
  readonly maxQueueDelayUs: number;
  readonly chosen: ChosenProvider;
}

type Methods = ServiceImplementation<'inference', CallContext>;

/** What is not among them (shared memory, trace and log settings) answers UNIMPLEMENTED. */
export type InferenceMethods = Omit<Methods, 'modelInfer' | 'modelStreamInfer'> & {
  modelInfer(request: Buffer, context: CallContext): Promise<Buffer>;
  modelStreamInfer(requests: AsyncIterable<Buffer>, context: CallContext): AsyncIterable<Buffer>;
};

/** GRPCInferenceService, each group of methods in its own file. */
export function inferenceService(dependencies: InferenceDependencies): Partial<InferenceMethods> {
  return {
    ...serverMethods(dependencies),
    ...modelMethods(dependencies),
    ...repositoryMethods(dependencies),
    ...inferMethods(dependencies),
  };
}
