import { Resolver } from 'node:dns/promises';
import { parseSelectors, type Selectable, type Selector } from '@athanor/placement';
import type { Telemetry } from '@athanor/service';
import type { Endpoint } from './endpoint.js';
import type { PoolEntry } from './pools-file.js';
import { type HostPort, type Records, resolveHosts } from './resolve-hosts.js';

export interface PoolOptions<E extends Endpoint> {
  readonly connect: (where: HostPort) => E;
  readonly intervalMs: number;
  readonly log: Telemetry['log'];
  /** Default: the system's DNS servers, with a timeout of a few seconds each. */
  readonly records?: Records & { cancel(): void };
}

const DNS_OPTIONS = { timeout: 2_000, tries: 2 };

/**
 * The processes of a pool, looked up by name periodically. DNS caches delay changes (30 s is usual). A process that has
 * ended is still listed then; its connection shows that (`distance`), and a call that it refused is retried at another
 * one. A new process is not listed yet, so a rollout waits (minReadySeconds of the Deployment) before it terminates the
 * next old one.
 */
export class Pool<E extends Endpoint> {
  readonly name: string;
  readonly #entry: PoolEntry;
  readonly #options: PoolOptions<E>;
  readonly #records: Records & { cancel(): void };
  readonly #selects: Selector;
  readonly #endpoints = new Map<string, E>();
  #timer: NodeJS.Timeout | undefined;
  #lookup: Promise<void> | undefined;
  #stopped = false;
  #problem = '';

  constructor(entry: PoolEntry, options: PoolOptions<E>) {
    this.name = entry.name;
    this.#entry = entry;
    this.#options = options;
    this.#records = options.records ?? new Resolver(DNS_OPTIONS);
    this.#selects = parseSelectors(entry.models);
  }

  async start(): Promise<void> {
    await this.#lookUpOnce();
    if (!this.#stopped) this.#timer = setInterval(() => void this.#lookUpOnce(), this.#options.intervalMs);
  }

  /** Calls in flight at its processes are completed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#records.cancel();
    for (const endpoint of this.#endpoints.values()) endpoint.retire();
    this.#endpoints.clear();
    await this.#lookup;
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

  /** One lookup at a time, so that none queue up while DNS is slow. */
  #lookUpOnce(): Promise<void> {
    this.#lookup ??= this.#lookUp().finally(() => {
      this.#lookup = undefined;
    });
    return this.#lookup;
  }

  async #lookUp(): Promise<void> {
    const { log } = this.#options;
    try {
      const found = await resolveHosts(this.#entry.address, this.#records);
      if (this.#stopped) return;
      this.#update(new Map(found.map(each => [each.target, each])));
      const problem = found.length === 0 ? 'no address' : '';
      if (problem !== this.#problem && problem !== '') {
        const { address } = this.#entry;
        log.warn(
          { pool: this.name, address },
          "a pool's name has no address: no process is ready, or the name is not the full one (search domains are not used)",
        );
      }
      this.#problem = problem;
    } catch (error) {
      const { message } = error as Error;
      // The known processes remain valid.
      if (!this.#stopped && this.#problem !== message)
        log.warn({ err: error, pool: this.name }, "a pool's name cannot be resolved; keeping the known processes");
      this.#problem = message;
    }
  }

  #update(found: ReadonlyMap<string, HostPort>): void {
    const { log, connect } = this.#options;
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
  }
}

/** The connected process with the fewest calls in flight; a random one among equals. */
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
