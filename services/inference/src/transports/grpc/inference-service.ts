import type { InferenceDependencies, InferenceMethods } from './dependencies.js';
import { inferMethods } from './infer-methods.js';
import { modelMethods } from './model-methods.js';
import { repositoryMethods } from './repository-methods.js';
import { serverMethods } from './server-methods.js';

/** GRPCInferenceService, each group of methods in its own file. */
export function inferenceService(dependencies: InferenceDependencies): Partial<InferenceMethods> {
  return {
    ...serverMethods(dependencies),
    ...modelMethods(dependencies),
    ...repositoryMethods(dependencies),
    ...inferMethods(dependencies),
  };
}
