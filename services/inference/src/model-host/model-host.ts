import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecutionProvider, type Runner, RuntimeFailure } from '@athanor/runtime';
import { ServiceError, type Telemetry } from '@athanor/service';
import type { Tensor } from '@athanor/tensor';

// Models in a runner that is restarted when it is lost. The models are reloaded under new handles; only requests in
// flight fail.

export interface ModelHostOptions {
  readonly createRunner: () => Runner;
  readonly log: Telemetry['log'];
}

/** A model in the runner. */
export interface HostedModel {
  /** Takes ownership of the input buffers. Throws ServiceError: UNAVAILABLE if the runner was lost, else INTERNAL. */
  run(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>;
  unload(): Promise<void>;
  /** False after its runner was lost until the next one has loaded it. */
  readonly isLoaded: boolean;
}

export interface HostOptions {
  readonly intraOpThreads: number;
  readonly provider?: ExecutionProvider;
}

interface Place {
  readonly runner: Runner;
  readonly handle: number;
}

interface Entry {
  readonly model: Uint8Array;
  readonly options: HostOptions;
  place: Promise<Place>;
  isLoaded: boolean;
}

const RESTART_DELAY_MS = 500;
/** Back-off between attempts to reload a model; doubles each time. */
const RELOAD_PAUSES_MS = { first: 500, longest: 30_000 };

export class ModelHost {
  readonly #options: ModelHostOptions;
  readonly #entries = new Set<Entry>();
  #runner: Promise<Runner>;
  #isClosed = false;

  constructor(options: ModelHostOptions) {
    this.#options = options;
    this.#runner = Promise.resolve(this.#start());
  }

  /** The bytes are kept for the next runner. Throws RuntimeFailure INVALID_MODEL. */
  async load(model: Uint8Array, options: HostOptions): Promise<HostedModel> {
    const entry: Entry = { model, options, place: this.#place(model, options), isLoaded: true };
    await entry.place;
    this.#entries.add(entry);
    return {
      run: inputs => this.#run(entry, inputs),
      unload: () => this.#unload(entry),
      get isLoaded() {
        return entry.isLoaded;
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#runner).close();
  }

  async #place(model: Uint8Array, options: HostOptions): Promise<Place> {
    const runner = await this.#runner;
    const { handle } = await runner.load(model, options);
    return { runner, handle };
  }

  async #run(entry: Entry, inputs: Record<string, Tensor>): Promise<Record<string, Tensor>> {
    const place = await entry.place.catch(cause => {
      throw new ServiceError('UNAVAILABLE', 'the model is being reloaded; retry the request', { cause });
    });
    try {
      return await place.runner.run(place.handle, inputs);
    } catch (error) {
      throw toServiceError(error);
    }
  }

  async #unload(entry: Entry): Promise<void> {
    this.#entries.delete(entry);
    // A model that is being reloaded is unloaded once it is loaded.
    if (!entry.isLoaded) return;
    try {
      const { runner, handle } = await entry.place;
      await runner.unload(handle);
    } catch (error) {
      // A lost runner has unloaded everything.
      if (!isRunnerGone(error)) throw error;
    }
  }

  #start(): Runner {
    const runner = this.#options.createRunner();
    void runner.lost.then(error => {
      if (this.#isClosed) return;
      this.#options.log.error({ err: error, models: this.#entries.size }, 'the model runner was lost; restarting it');
      this.#restart();
    });
    return runner;
  }

  #restart(): void {
    // With a delay, so that a runner that dies at start-up does not keep the CPU busy.
    this.#runner = sleep(RESTART_DELAY_MS).then(() => this.#start());
    const runner = this.#runner;
    for (const entry of this.#entries) {
      entry.isLoaded = false;
      void this.#reload(entry, runner);
    }
  }

  /** Retries until it succeeds: a model that the registry wants and that served before is not given up. */
  async #reload(entry: Entry, runner: Promise<Runner>): Promise<void> {
    for (let pauseMs = RELOAD_PAUSES_MS.first; ; pauseMs = Math.min(pauseMs * 2, RELOAD_PAUSES_MS.longest)) {
      const place = this.#place(entry.model, entry.options);
      // Requests wait for the first attempt only; during later ones they fail with UNAVAILABLE.
      if (pauseMs === RELOAD_PAUSES_MS.first) entry.place = place;
      try {
        const { runner, handle } = await place;
        if (!this.#entries.has(entry)) return await runner.unload(handle);
        Object.assign(entry, { place, isLoaded: true });
        return;
      } catch (error) {
        this.#options.log.error({ err: error, pauseMs }, 'a model could not be reloaded; retrying');
        await sleep(pauseMs, undefined, { ref: false });
      }
      // The next restart has reloaded it, or it was unloaded.
      if (this.#isClosed || this.#runner !== runner || !this.#entries.has(entry)) return;
    }
  }
}

function isRunnerGone(error: unknown): boolean {
  return error instanceof RuntimeFailure && (error.code === 'RUNNER_LOST' || error.code === 'CLOSED');
}

function toServiceError(error: unknown): ServiceError {
  if (isRunnerGone(error)) {
    return new ServiceError('UNAVAILABLE', 'the model runner was lost during the request; retry it', {
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ServiceError('INTERNAL', `onnx runtime error: ${shortReason(message)}`, { cause: error });
}

/**
 * The message up to where the runtime names its own source files, which callers must not see; the log has the whole
 * cause.
 */
function shortReason(message: string): string {
  const [reason = ''] = message.split(/\S*[/\\]\S+\.(?:cc|cpp|cxx|h|hpp|cu)\b/);
  return reason.replace(/\s*Status Message:\s*$/, '') || 'the run failed';
}
