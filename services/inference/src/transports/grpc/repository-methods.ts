import { checkLoadRequest, checkUnloadRequest, refuseRepositoryName } from '@athanor/placement';
import type { Deployment, VersionEntry } from '../../deployments/deployment.js';
import type { InferenceDependencies, InferenceMethods } from './dependencies.js';

type RepositoryMethods = Pick<InferenceMethods, 'repositoryIndex' | 'repositoryModelLoad' | 'repositoryModelUnload'>;

export function repositoryMethods({ catalog, change }: InferenceDependencies): RepositoryMethods {
  return {
    async repositoryIndex({ repositoryName, ready }, { tenant }) {
      refuseRepositoryName(repositoryName);
      const models = catalog.list(tenant).flatMap(toIndex);
      return { models: ready ? models.filter(({ state }) => state === 'READY') : models };
    },

    // Both change the desired state: every process that serves the deployment follows, and so does one that starts later.
    async repositoryModelLoad(request, context) {
      checkLoadRequest(request);
      await change(context, { name: request.modelName, isStopped: false });
      return {};
    },

    async repositoryModelUnload(request, context) {
      checkUnloadRequest(request);
      await change(context, { name: request.modelName, isStopped: true });
      return {};
    },
  };
}

function toIndex({ name, entries, isStopped, wantedVersion }: Deployment) {
  if (entries.length > 0) return entries.map(entry => toModelIndex(name, entry));
  const reason = isStopped ? 'unloaded' : 'its alias points to no version';
  return [{ name, version: wantedVersion, state: 'UNAVAILABLE', reason }];
}

function toModelIndex(name: string, { version, state, reason, model }: VersionEntry) {
  if (state !== 'READY' || model === undefined) return { name, version, state, reason };
  if (model.pool.state === 'evicted')
    return { name, version, state, reason: 'unloaded because other models need the memory; the next request loads it' };
  if (model.pool.isReady) return { name, version, state, reason };
  const why = model.pool.history.recent[0]?.reason ?? 'its instances are being started';
  return { name, version, state: 'LOADING', reason: `it is being reloaded: ${why}` };
}
