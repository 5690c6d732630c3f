import type { ResolvedDeployment } from '@athanor/contracts/registry';
import { type Selectable, toSelectable } from '@athanor/placement';
import { ServiceError } from '@athanor/service';

/** What a route needs to know of a pool. */
export interface ServingPool {
  readonly name: string;
  serves(deployment: Selectable): boolean;
}

/** Which pools answer for which name of which tenant. Made anew whenever the registry wants something else. */
export class RouteTable<P extends ServingPool> {
  readonly #pools: readonly P[];
  #tenants = new Map<string, Map<string, readonly P[]>>();
  /** Whether the registry was heard once: before that nobody can say what is unknown. */
  isReady = false;

  constructor(pools: readonly P[]) {
    this.#pools = pools;
  }

  /** @returns the deployments that no pool serves. */
  update(deployments: readonly ResolvedDeployment[]): Selectable[] {
    const tenants = new Map<string, Map<string, readonly P[]>>();
    const unserved: Selectable[] = [];
    for (const each of deployments) {
      const deployment = toSelectable(each);
      const pools = this.#pools.filter(pool => pool.serves(deployment));
      if (pools.length === 0) unserved.push(deployment);
      const names = tenants.get(each.tenant) ?? new Map<string, readonly P[]>();
      tenants.set(each.tenant, names.set(deployment.name, pools));
    }
    this.#tenants = tenants;
    this.isReady = true;
    return unserved;
  }

  knows(tenant: string, name: string): boolean {
    return this.#tenants.get(tenant)?.has(name) ?? false;
  }

  /** The pools of a name, which every RPC about a model needs; Triton's words for one that is unknown. */
  expect(tenant: string, name: string): readonly P[] {
    const pools = this.#tenants.get(tenant)?.get(name);
    if (pools === undefined) {
      if (!this.isReady) throw new ServiceError('UNAVAILABLE', 'Server not ready');
      throw new ServiceError('NOT_FOUND', `Request for unknown model: '${name}' is not found`);
    }
    if (pools.length === 0) {
      const known = this.#pools.map(pool => pool.name).join(', ');
      throw new ServiceError(
        'UNAVAILABLE',
        `no pool serves model '${name}'; the pools are ${known}: name it in one's models`,
        {
          reason: 'NO_POOL',
        },
      );
    }
    return pools;
  }

  /** Pools that serve something of a tenant's. */
  poolsOf(tenant: string): readonly P[] {
    return [...new Set([...(this.#tenants.get(tenant)?.values() ?? [])].flat())];
  }
}
