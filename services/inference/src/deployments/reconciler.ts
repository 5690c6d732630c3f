import { type PassContext, WakeLoop } from '@athanor/placement';
import type { Telemetry } from '@athanor/service';
import type { ServedModel } from '../served-models/served-model.js';
import type { Catalog } from './catalog.js';
import type { Deployment, VersionEntry } from './deployment.js';
import { RetryTimes } from './retry-times.js';
import type { WantedDeployment, WantedVersion } from './wanted-deployment.js';

export interface ReconcilerOptions {
  readonly catalog: Catalog;
  /** Fetches the desired state from the registry. */
  readonly list: (pass: PassContext) => Promise<readonly WantedDeployment[]>;
  readonly load: (target: {
    tenant: string;
    name: string;
    version: WantedVersion;
    signal: AbortSignal;
    traceparent?: string | undefined;
  }) => Promise<ServedModel>;
  readonly intervalMs: number;
  readonly log: Telemetry['log'];
  /** Called once, after the first pass. */
  readonly onReady: () => void;
}

/** Short before the first list, because nothing is served until then. */
const FIRST_LIST_RETRY_MS = 200;
const LIST_RETRY_MS = 500;

/** Reconciles the catalogue with the registry: at start-up, when woken, and periodically. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #retries = new RetryTimes();
  readonly #retiring = new Set<Promise<void>>();
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
    for (const deployment of this.#options.catalog.all()) this.#retire(deployment, deployment.deactivate());
    await Promise.all(this.#retiring);
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
    for (const each of wanted) {
      if (!signal.aborted) await this.#reconcile(catalog.open(each.tenant, each.name), each.version, context);
    }
    if (!catalog.isReady) {
      catalog.isReady = true;
      onReady();
    }
    return Math.min(intervalMs, this.#retries.nextInMs());
  }

  #removeUnwanted(wanted: readonly WantedDeployment[]): void {
    const keys = new Set(wanted.map(keyOf));
    for (const deployment of this.#options.catalog.all()) {
      if (keys.has(keyOf(deployment))) continue;
      this.#retries.forget(keyOf(deployment));
      this.#options.catalog.remove(deployment);
      this.#retire(deployment, deployment.deactivate());
    }
  }

  async #reconcile(deployment: Deployment, wanted: WantedVersion | undefined, context: PassContext): Promise<void> {
    const key = keyOf(deployment);
    const { active } = deployment;
    if (wanted === undefined) {
      this.#retries.forget(key);
      deployment.forgetFailures();
      return this.#retire(deployment, deployment.deactivate());
    }
    if (active !== undefined && isServed(active, wanted)) {
      this.#retries.forget(key);
      return deployment.forgetFailures();
    }
    if (!this.#retries.isDue(key, wanted.digest)) return;
    await this.#replace(deployment, wanted, context);
  }

  async #replace(deployment: Deployment, version: WantedVersion, context: PassContext): Promise<void> {
    const { load, log } = this.#options;
    const { tenant, name } = deployment;
    const fields = { tenant, deployment: name, version: version.number, digest: version.digest };
    const entry = deployment.beginLoading(version.number);
    try {
      const model = await load({ tenant, name, version, ...context });
      this.#retries.forget(keyOf(deployment));
      this.#retire(deployment, deployment.activate(entry, model));
      log.info(fields, 'model version is serving');
    } catch (error) {
      const retryInMs = this.#retries.failed(keyOf(deployment), version.digest);
      deployment.fail(entry, error instanceof Error ? error.message : String(error));
      if (!context.signal.aborted) log.error({ ...fields, err: error, retryInMs }, 'model version cannot be loaded');
    }
  }

  /** In the background: accepted requests are answered, then the model is unloaded. */
  #retire(deployment: Deployment, entry: VersionEntry | undefined): void {
    if (entry?.model === undefined) return;
    const { scheduler, hosted } = entry.model;
    const retiring = scheduler
      .drain()
      .then(() => hosted.unload())
      .catch(error => this.#options.log.error({ err: error }, 'a model could not be unloaded'))
      .finally(() => {
        deployment.remove(entry);
        this.#retiring.delete(retiring);
      });
    this.#retiring.add(retiring);
  }
}

/** The digest alone is not unique: another model with equal training has the same. */
function isServed(active: ServedModel, wanted: WantedVersion): boolean {
  const { modelName, version, digest } = active;
  return modelName === wanted.modelName && version === wanted.number && digest === wanted.digest;
}

function keyOf({ tenant, name }: { tenant: string; name: string }): string {
  return `${tenant}/${name}`;
}
