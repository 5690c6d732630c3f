import { aliasMethods } from './alias-methods.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';
import { deploymentMethods } from './deployment-methods.js';
import { lineageMethods } from './lineage-methods.js';
import { modelMethods } from './model-methods.js';

/** All RPCs of the registry, one file per resource. */
export function registryService(dependencies: RegistryDependencies): Partial<RegistryMethods> {
  return {
    ...modelMethods(dependencies),
    ...aliasMethods(dependencies),
    ...deploymentMethods(dependencies),
    ...lineageMethods(dependencies),
  };
}
