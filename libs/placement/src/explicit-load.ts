import { ServiceError } from '@athanor/service';

/** RepositoryModelLoad and RepositoryModelUnload: Triton's code outside explicit mode. The registry says what is loaded. */
export function explicitLoadRefused(): ServiceError {
  const message =
    'explicit model load / unload is not allowed: the registry says what is served; ' +
    'set or delete a deployment there (athanor.registry.v1.RegistryService/SetDeployment)';
  return new ServiceError('UNAVAILABLE', message);
}
