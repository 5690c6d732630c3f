import type { ResolvedDeployment } from '@athanor/contracts/registry';
import { type Selectable, toSelectable } from '@athanor/placement';
import { ServiceError } from '@athanor/service';

/** What a route needs to know about a pool. */
export interface ServingPool {
  readonly name: string;
  serves(deployment: Selectable): boolean;
}

/** Where a deployment is served. */
export interface Route<P extends ServingPool> {
  readonly pools: readonly P[];
  /** It was created or changed recently; processes of its pools may not have loaded it yet. */
  readonly isFresh: boolean;
}

interface Entry<P extends ServingPool> {
  readonly pools: readonly P[];
  /** Identifies what is served; a different string means a change. */
  readonly served: string;
  /** performance.now() */
  readonly changedAtMs: number;
}

type Tenants<P extends ServingPool> = ReadonlyMap<string, ReadonlyMap<string, Entry<P>>>;

/** Time after which all processes of a pool have received a change and loaded the model. */
const FRESH_MS = 30_000;

/** Which pools serve which name of which tenant. Rebuilt whenever the desired state changes. */
export class RouteTable<P extends ServingPool> {
  readonly #pools: readonly P[];
  readonly #now: () => number;
  #tenants: Tenants<P> = new Map();
  /** Whether the registry has answered once; before that it is unknown which names do not exist. */
  isReady = false;

  constructor(pools: readonly P[], now: () => number = () => performance.now()) {
    this.#pools = pools;
    this.#now = now;
  }

  /** @returns the deployments that no pool serves. */
  update(deployments: readonly ResolvedDeployment[]): Selectable[] {
    const tenants = new Map<string, Map<string, Entry<P>>>();
    const unserved: Selectable[] = [];
    for (const each of deployments) {
      const deployment = toSelectable(each);
      const pools = this.#pools.filter(pool => pool.serves(deployment));
      if (pools.length === 0) unserved.push(deployment);
      const served = [deployment.modelName, each.modelVersion?.version, each.modelVersion?.digest].join(' ');
      const before = this.#tenants.get(each.tenant)?.get(deployment.name);
      const changedAtMs = before?.served === served ? before.changedAtMs : this.#now();
      const names = tenants.get(each.tenant) ?? new Map<string, Entry<P>>();
      tenants.set(each.tenant, names.set(deployment.name, { pools, served, changedAtMs }));
    }
    this.#tenants = tenants;
    this.isReady = true;
    return unserved;
  }

  knows(tenant: string, name: string): boolean {
    return this.#tenants.get(tenant)?.has(name) ?? false;
  }

  /** The route of a name, which every RPC about a model needs; with Triton's error for an unknown name. */
  expect(tenant: string, name: string): Route<P> {
    const entry = this.#tenants.get(tenant)?.get(name);
    if (entry === undefined) {
      if (!this.isReady) throw new ServiceError('UNAVAILABLE', 'Server not ready');
      throw new ServiceError('NOT_FOUND', `Request for unknown model: '${name}' is not found`);
    }
    const { pools, changedAtMs } = entry;
    if (pools.length === 0) {
      const known = this.#pools.map(pool => pool.name).join(', ');
      const message = `no pool serves model '${name}'; the pools are ${known}: add it to the models of one of them`;
      throw new ServiceError('UNAVAILABLE', message, { reason: 'NO_POOL' });
    }
    return { pools, isFresh: this.#now() - changedAtMs < FRESH_MS };
  }

  /** Pools that serve at least one deployment of a tenant. */
  poolsOf(tenant: string): readonly P[] {
    const entries = [...(this.#tenants.get(tenant)?.values() ?? [])];
    return [...new Set(entries.flatMap(({ pools }) => pools))];
  }
}
