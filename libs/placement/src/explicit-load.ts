import { ServiceError } from '@athanor/service';

/**
 * RepositoryModelLoad and RepositoryModelUnload: Triton's error outside of explicit mode, because the registry decides
 * what is loaded.
 */
export function explicitLoadRefused(): ServiceError {
  const message =
    'explicit model load / unload is not allowed: the registry decides what is served; ' +
    'set or delete a deployment there (athanor.registry.v1.RegistryService/SetDeployment)';
  return new ServiceError('UNAVAILABLE', message);
}
