import { ServiceError } from '@athanor/service';
import type { ServedModel } from '../served-models/served-model.js';
import { parseVersion } from '../served-models/version-text.js';
import { Deployment } from './deployment.js';

/** The deployments of all tenants. A tenant can find its own only; those of others look like unknown names. */
export class Catalog {
  readonly #tenants = new Map<string, Map<string, Deployment>>();
  /** Whether the desired state was reached once; before that it is unknown which names do not exist. */
  isReady = false;

  /** Finds the deployment or creates an empty one. */
  open(tenant: string, name: string): Deployment {
    const deployments = this.#tenants.get(tenant) ?? new Map<string, Deployment>();
    this.#tenants.set(tenant, deployments);
    const found = deployments.get(name) ?? new Deployment(tenant, name);
    deployments.set(name, found);
    return found;
  }

  remove({ tenant, name }: Deployment): void {
    this.#tenants.get(tenant)?.delete(name);
  }

  all(): Deployment[] {
    return [...this.#tenants.values()].flatMap(deployments => [...deployments.values()]);
  }

  list(tenant: string): Deployment[] {
    return [...(this.#tenants.get(tenant)?.values() ?? [])];
  }

  find(tenant: string, name: string): Deployment | undefined {
    return this.#tenants.get(tenant)?.get(name);
  }

  /** Looks up a deployment by name, which every RPC about a model needs. */
  expect(tenant: string, name: string): Deployment {
    const deployment = this.find(tenant, name);
    if (deployment !== undefined) return deployment;
    if (!this.isReady) throw new ServiceError('UNAVAILABLE', 'Server not ready');
    throw new ServiceError('NOT_FOUND', `Request for unknown model: '${name}' is not found`);
  }

  /** The model for a name and a version; an empty version means the active one. */
  expectModel(tenant: string, name: string, versionText: string): ServedModel {
    const deployment = this.expect(tenant, name);
    const { active } = deployment;
    if (versionText === '' || versionText === active?.version) {
      if (active !== undefined) return active;
      throw new ServiceError('NOT_FOUND', `Request for unknown model: '${name}' has no available versions`);
    }
    const version = parseVersion(versionText);
    const entry = deployment.find(version);
    if (entry?.state === 'READY' && entry.model !== undefined) return entry.model;
    if (entry === undefined && !deployment.isUnloaded(version)) {
      throw new ServiceError('NOT_FOUND', `Request for unknown model: '${name}' version ${version} is not found`);
    }
    const message = `Request for unknown model: '${name}' version ${version} is not at ready state`;
    throw new ServiceError('UNAVAILABLE', message);
  }
}
