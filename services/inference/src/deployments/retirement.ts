import type { Telemetry } from '@athanor/service';
import type { Deployment, VersionEntry } from './deployment.js';

/** Versions that are being unloaded in the background, after they have answered the requests that they accepted. */
export class Retirement {
  readonly #retiring = new Set<Promise<void>>();
  readonly #log: Telemetry['log'];

  constructor(log: Telemetry['log']) {
    this.#log = log;
  }

  /** The entry is removed when it is unloaded, unless it stays in the list with the reason of a failure. */
  retire(deployment: Deployment, entry: VersionEntry | undefined): void {
    if (entry === undefined) return;
    const retiring = entry
      .unload()
      .catch(error => this.#log.error({ err: error }, 'a model could not be unloaded'))
      .finally(() => {
        if (entry.state === 'UNLOADING') deployment.remove(entry);
        this.#retiring.delete(retiring);
      });
    this.#retiring.add(retiring);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#retiring);
  }
}
