import type { RepositoryModelLoadRequest, RepositoryModelUnloadRequest } from '@athanor/contracts/inference';
import { ServiceError } from '@athanor/service';

// The parameters of RepositoryModelLoad and RepositoryModelUnload, as Triton's extension_model_repository.md has them.

/** A configuration belongs to the deployment, and files to the model, whose versions are immutable. */
export function checkLoadRequest({ repositoryName, modelName, parameters }: RepositoryModelLoadRequest): void {
  refuseRepositoryName(repositoryName);
  expectName(modelName);
  for (const key of Object.keys(parameters)) {
    if (key === 'config' || key.startsWith('file:'))
      throw new ServiceError(
        'UNIMPLEMENTED',
        `the load parameter '${key}' is not supported: import the files as a version (athanor model import), and set how it is served (athanor deployment set)`,
      );
    throw unknownParameter(key, 'load');
  }
}

export function checkUnloadRequest({ repositoryName, modelName, parameters }: RepositoryModelUnloadRequest): void {
  refuseRepositoryName(repositoryName);
  expectName(modelName);
  for (const [key, value] of Object.entries(parameters)) {
    if (key !== 'unload_dependents') throw unknownParameter(key, 'unload');
    // No model depends on another.
    if (value.parameterChoice !== 'boolParam')
      throw new ServiceError('INVALID_ARGUMENT', "parameter 'unload_dependents' must be a bool_param");
  }
}

export function refuseRepositoryName(repositoryName: string): void {
  if (repositoryName !== '')
    throw new ServiceError('UNIMPLEMENTED', "'repository_name' specification is not supported");
}

function expectName(name: string): void {
  if (name === '') throw new ServiceError('INVALID_ARGUMENT', "expected a model's name in model_name, got none");
}

function unknownParameter(key: string, what: string): ServiceError {
  return new ServiceError('INVALID_ARGUMENT', `unexpected parameter '${key}' of a ${what} request`);
}
