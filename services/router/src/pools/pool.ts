import { parseSelectors, type Selectable, type Selector } from '@athanor/placement';
import type { Telemetry } from '@athanor/service';
import type { Endpoint } from './endpoint.js';
import type { PoolEntry } from './pools-file.js';
import { type HostPort, resolveHosts } from './resolve-hosts.js';

export interface PoolOptions<E extends Endpoint> {
  readonly connect: (where: HostPort) => E;
  readonly intervalMs: number;
  readonly log: Telemetry['log'];
}

/**
 * The processes of a pool, looked up by name again and again: a pod that is to end leaves the Service's records some
 * seconds before it refuses calls (its preStop pause), so nothing new is sent to it by then.
 */
export class Pool<E extends Endpoint> {
  readonly name: string;
  readonly #entry: PoolEntry;
  readonly #options: PoolOptions<E>;
  readonly #selects: Selector;
  readonly #endpoints = new Map<string, E>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #problem = '';

  constructor(entry: PoolEntry, options: PoolOptions<E>) {
    this.name = entry.name;
    this.#entry = entry;
    this.#options = options;
    this.#selects = parseSelectors(entry.models);
  }

  async start(): Promise<void> {
    await this.#look();
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, this.#options.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const endpoint of this.#endpoints.values()) endpoint.retire();
    this.#endpoints.clear();
  }

  serves(deployment: Selectable): boolean {
    return this.#selects(deployment);
  }

  get endpoints(): Iterable<E> {
    return this.#endpoints.values();
  }

  get size(): number {
    return this.#endpoints.size;
  }

  async #look(): Promise<void> {
    const { log, connect } = this.#options;
    try {
      const found = new Map((await resolveHosts(this.#entry.address)).map(each => [each.target, each]));
      this.#problem = '';
      for (const [target, endpoint] of this.#endpoints) {
        if (found.has(target)) continue;
        this.#endpoints.delete(target);
        endpoint.retire();
        log.info({ pool: this.name, target }, 'a process has left its pool');
      }
      for (const [target, where] of found) {
        if (this.#endpoints.has(target)) continue;
        this.#endpoints.set(target, connect(where));
        log.info({ pool: this.name, target }, 'a process has joined its pool');
      }
    } catch (error) {
      // The processes known are as good as before.
      if (this.#problem !== (error as Error).message) {
        log.warn({ err: error, pool: this.name }, "a pool's name cannot be resolved; the processes known stay");
      }
      this.#problem = (error as Error).message;
    }
  }
}

/** The process that is connected and has the least to do; of equals any. */
export function pickEndpoint<E extends Endpoint>(pools: readonly Pool<E>[], tried: readonly E[] = []): E | undefined {
  let best: E | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const pool of pools) {
    for (const endpoint of pool.endpoints) {
      if (tried.includes(endpoint)) continue;
      const rank = endpoint.distance * 1e9 + endpoint.inFlight + Math.random();
      if (rank >= bestRank) continue;
      best = endpoint;
      bestRank = rank;
    }
  }
  return best;
}
