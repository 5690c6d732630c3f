import { setTimeout as sleep } from 'node:timers/promises';
import { type PassContext, WakeLoop } from '@athanor/placement';
import type { Telemetry } from '@athanor/service';
import type { Catalog } from './catalog.js';
import { DeploymentTask } from './deployment-task.js';
import type { LoadedVersion, LoadTarget } from './load-version.js';
import type { Retirement } from './retirement.js';
import { RetryTimes } from './retry-times.js';
import type { WantedDeployment } from './wanted-deployment.js';

export interface ReconcilerOptions {
  readonly catalog: Catalog;
  /** Fetches the desired state from the registry. */
  readonly list: (pass: PassContext) => Promise<readonly WantedDeployment[]>;
  readonly load: (target: LoadTarget) => Promise<LoadedVersion>;
  readonly retirement: Retirement;
  readonly intervalMs: number;
  readonly log: Telemetry['log'];
  /** Called once, after the first pass. */
  readonly onReady: () => void;
  /** A version is not loaded any more because its instances crashed repeatedly. */
  readonly onQuarantined: (deployment: WantedDeployment, reason: string) => void;
}

/** Short before the first list, because nothing is served until then. */
const FIRST_LIST_RETRY_MS = 200;
const LIST_RETRY_MS = 500;
/** Readiness waits for the first loads, but not for a model that hangs. */
const MAX_READY_WAIT_MS = 60_000;

/**
 * Reconciles the catalogue with the registry: at start-up, when woken, and periodically. Each deployment changes in a task of
 * its own, so that a version that takes long to load delays no other.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #retries = new RetryTimes();
  readonly #tasks = new Map<string, DeploymentTask>();
  readonly #loop: WakeLoop;
  /** Whether the last list failed. */
  #cannotList = false;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#loop = new WakeLoop(context => this.#pass(context));
  }

  start(): void {
    this.#loop.start();
  }

  /** Requests a pass soon; during a pass, one more after it. */
  wake(traceparent?: string): void {
    this.#loop.wake(traceparent);
  }

  /** Ends the loop and retires every model; accepted requests are still answered. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    const { catalog, retirement } = this.#options;
    await Promise.all([...this.#tasks.values()].map(task => task.stop()));
    for (const deployment of catalog.all()) retirement.retire(deployment, deployment.deactivate());
    await retirement.settled();
  }

  /** @returns how long to wait before the next pass. */
  async #pass(context: PassContext): Promise<number> {
    const { signal } = context;
    const { catalog, list, log, intervalMs, onReady } = this.#options;
    let wanted: readonly WantedDeployment[];
    try {
      wanted = await list(context);
      this.#cannotList = false;
    } catch (error) {
      // One line per outage, and not one per retry.
      if (!signal.aborted && !this.#cannotList)
        log.warn({ err: error }, 'deployments cannot be listed from the registry; retrying');
      this.#cannotList = true;
      return Math.min(catalog.isReady ? LIST_RETRY_MS : FIRST_LIST_RETRY_MS, intervalMs);
    }
    this.#removeUnwanted(wanted);
    const changes = wanted.map(each => this.#task(each).reach(each, context));
    if (!catalog.isReady) {
      await Promise.race([
        Promise.all(changes),
        sleep(MAX_READY_WAIT_MS, undefined, { ref: false, signal }).catch(() => undefined),
      ]);
      catalog.isReady = true;
      onReady();
    }
    return Math.min(intervalMs, this.#retries.nextInMs());
  }

  #task({ tenant, name }: WantedDeployment): DeploymentTask {
    const key = keyOf({ tenant, name });
    const found = this.#tasks.get(key);
    if (found !== undefined) return found;
    const { catalog, load, retirement, log, onQuarantined } = this.#options;
    const task = new DeploymentTask({
      ...{ key, load, retirement, log, onQuarantined, retries: this.#retries },
      deployment: catalog.open(tenant, name),
      // The next pass is then in time for the retry.
      onFailed: () => this.wake(),
    });
    this.#tasks.set(key, task);
    return task;
  }

  #removeUnwanted(wanted: readonly WantedDeployment[]): void {
    const keys = new Set(wanted.map(keyOf));
    const { catalog, retirement } = this.#options;
    for (const deployment of catalog.all()) {
      const key = keyOf(deployment);
      if (keys.has(key)) continue;
      this.#retries.forget(key);
      void this.#tasks.get(key)?.stop();
      this.#tasks.delete(key);
      catalog.remove(deployment);
      retirement.retire(deployment, deployment.deactivate());
    }
  }
}

function keyOf({ tenant, name }: { tenant: string; name: string }): string {
  return `${tenant}/${name}`;
}
