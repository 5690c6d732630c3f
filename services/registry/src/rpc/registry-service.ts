import { uploadMethods } from '@athanor/uploads';
import { aliasMethods } from './alias-methods.js';
import { componentMethods } from './component-methods.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';
import { deploymentMethods } from './deployment-methods.js';
import { importMethods } from './import-methods.js';
import { lineageMethods } from './lineage-methods.js';
import { modelMethods } from './model-methods.js';
import { resolvedDeploymentMethods } from './resolved-deployment-methods.js';
import { revisionMethods } from './revision-methods.js';

/** All RPCs of the registry, one file per resource. */
export function registryService(dependencies: RegistryDependencies): RegistryMethods {
  const { db, blobs, imports } = dependencies;
  const whyNotEmpty = 'leave empty files out of the artifact';
  return {
    ...uploadMethods({ db, blobs, maxUploadBytes: imports.maxModelBytes, service: 'registry', whyNotEmpty }),
    ...importMethods(dependencies),
    ...modelMethods(dependencies),
    ...aliasMethods(dependencies),
    ...deploymentMethods(dependencies),
    ...revisionMethods(dependencies),
    ...resolvedDeploymentMethods(dependencies),
    ...componentMethods(),
    ...lineageMethods(dependencies),
  };
}
