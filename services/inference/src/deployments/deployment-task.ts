import type { PassContext } from '@athanor/placement';
import type { Telemetry } from '@athanor/service';
import { InstanceLost } from '../instances/instance.js';
import type { ServedModel } from '../served-models/served-model.js';
import { toServingPlan } from '../served-models/serving-plan.js';
import type { Deployment, VersionEntry } from './deployment.js';
import type { LoadedVersion, LoadTarget } from './load-version.js';
import type { Retirement } from './retirement.js';
import type { RetryTimes } from './retry-times.js';
import type { WantedDeployment, WantedVersion } from './wanted-deployment.js';

export interface TaskOptions {
  readonly key: string;
  readonly deployment: Deployment;
  readonly load: (target: LoadTarget) => Promise<LoadedVersion>;
  readonly retries: RetryTimes;
  readonly retirement: Retirement;
  readonly log: Telemetry['log'];
  readonly onFailed: () => void;
  readonly onQuarantined: (deployment: WantedDeployment, reason: string) => void;
}

/** Brings one deployment to its desired state, one change after the other; a newer one ends a load that is in progress. */
export class DeploymentTask {
  readonly #options: TaskOptions;
  #current: { readonly identity: string; readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  constructor(options: TaskOptions) {
    this.#options = options;
  }

  /** Settles when the state is reached or could not be reached. */
  async reach(wanted: WantedDeployment, context: PassContext): Promise<void> {
    const identity = identityOf(wanted);
    if (this.#current?.identity === identity) return await this.#current.done;
    this.#current?.abort.abort();
    const abort = new AbortController();
    const before = this.#current?.done;
    const current = {
      ...{ identity, abort },
      done: (async () => {
        await before;
        if (!abort.signal.aborted) await this.#change(wanted, { ...context, signal: abort.signal });
      })().finally(() => {
        if (this.#current === current) this.#current = undefined;
      }),
    };
    this.#current = current;
    await current.done;
  }

  async stop(): Promise<void> {
    this.#current?.abort.abort();
    await this.#current?.done;
  }

  async #change(wanted: WantedDeployment, context: PassContext): Promise<void> {
    const { deployment, retries, retirement, key } = this.#options;
    const { version, isStopped } = wanted;
    deployment.isStopped = isStopped;
    deployment.wantedVersion = version?.number ?? '';
    if (version === undefined || isStopped) {
      retries.forget(key);
      deployment.forgetFailures();
      deployment.revision = wanted.revision;
      return retirement.retire(deployment, deployment.deactivate());
    }
    if (deployment.active !== undefined && isServed(deployment.active, version, wanted)) {
      retries.forget(key);
      deployment.revision = wanted.revision;
      return deployment.forgetFailures();
    }
    if (retries.isDue(key, identityOf(wanted))) await this.#replace(wanted, version, context);
  }

  async #replace(wanted: WantedDeployment, version: WantedVersion, context: PassContext): Promise<void> {
    const { deployment, load, retries, retirement, log, key } = this.#options;
    const fields = { tenant: wanted.tenant, deployment: wanted.name, version: version.number, digest: version.digest };
    const entry = deployment.beginLoading(version.number);
    try {
      const onGivenUp = (reason: string) => this.#quarantine(entry, wanted, reason);
      const { model, unload } = await load({ ...wanted, version, ...context, onGivenUp });
      if (context.signal.aborted) {
        deployment.remove(entry);
        return await unload();
      }
      retries.forget(key);
      retirement.retire(deployment, deployment.activate(entry, model, unload));
      deployment.revision = wanted.revision;
      log.info(fields, 'model version is serving');
    } catch (error) {
      if (context.signal.aborted) return deployment.remove(entry);
      const reason = error instanceof Error ? error.message : String(error);
      const retryInMs = retries.failed(key, identityOf(wanted), error instanceof InstanceLost);
      log.error({ ...fields, err: error, retryInMs }, 'model version cannot be loaded');
      if (retryInMs === Number.POSITIVE_INFINITY) {
        deployment.quarantine(entry, reason);
        this.#options.onQuarantined(wanted, reason);
      } else deployment.fail(entry, reason);
      this.#options.onFailed();
    }
  }

  #quarantine(entry: VersionEntry, wanted: WantedDeployment, reason: string): void {
    const { deployment, retries, retirement, key, onQuarantined } = this.#options;
    // Another version serves already; this one answers what it accepted, and is unloaded.
    if (entry.state === 'UNLOADING') return;
    retries.giveUp(key, identityOf(wanted));
    deployment.quarantine(entry, reason);
    retirement.retire(deployment, entry);
    onQuarantined(wanted, reason);
  }
}

/** The digest alone is not unique: another model with equal training has the same. */
function isServed(active: ServedModel, wanted: WantedVersion, { settings }: WantedDeployment): boolean {
  const { modelName, version, digest, plan } = active;
  const isSameVersion = modelName === wanted.modelName && version === wanted.number && digest === wanted.digest;
  return isSameVersion && plan.key === keyOfSettings(settings);
}

/** Undefined for settings that cannot be parsed: loading reports why. */
function keyOfSettings(settings: WantedDeployment['settings']): string | undefined {
  try {
    return toServingPlan(settings).key;
  } catch {
    return undefined;
  }
}

/** Changes with each revision: a quarantined version is retried when its deployment is set anew. */
function identityOf({ version, isStopped, revision }: WantedDeployment): string {
  return [version?.modelName, version?.number, version?.digest, revision, isStopped].join(' ');
}
