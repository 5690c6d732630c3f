import { explicitLoadRefused } from '@athanor/placement';
import { ServiceError } from '@athanor/service';
import type { Deployment } from '../deployments/deployment.js';
import type { InferenceDependencies, InferenceMethods } from './dependencies.js';

type RepositoryMethods = Pick<InferenceMethods, 'repositoryIndex' | 'repositoryModelLoad' | 'repositoryModelUnload'>;

export function repositoryMethods({ catalog }: InferenceDependencies): RepositoryMethods {
  return {
    async repositoryIndex({ repositoryName, ready }, { tenant }) {
      refuseRepositoryName(repositoryName);
      const models = catalog.list(tenant).flatMap(toIndex);
      return { models: ready ? models.filter(({ state }) => state === 'READY') : models };
    },

    async repositoryModelLoad({ repositoryName }) {
      refuseRepositoryName(repositoryName);
      throw explicitLoadRefused();
    },

    async repositoryModelUnload({ repositoryName }) {
      refuseRepositoryName(repositoryName);
      throw explicitLoadRefused();
    },
  };
}

function toIndex({ name, entries }: Deployment) {
  if (entries.length === 0)
    return [{ name, version: '', state: 'UNAVAILABLE', reason: 'its alias points to no version' }];
  return entries.map(({ version, state, reason, model }) => {
    if (state === 'READY' && model?.hosted.isLoaded === false)
      return { name, version, state: 'LOADING', reason: 'its runner was lost; it is being reloaded' };
    return { name, version, state, reason };
  });
}

function refuseRepositoryName(repositoryName: string): void {
  if (repositoryName !== '')
    throw new ServiceError('UNIMPLEMENTED', "'repository_name' specification is not supported");
}
