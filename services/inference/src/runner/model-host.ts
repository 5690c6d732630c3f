import { setTimeout as sleep } from 'node:timers/promises';
import { type Runner, RuntimeFailure } from '@athanor/runtime';
import { ServiceError, type Telemetry } from '@athanor/service';
import type { Tensor } from '@athanor/tensor';

// Models in a runner that is started again when it is lost: the models come back under new handles, nobody notices but
// the requests that were in flight.

export interface ModelHostOptions {
  readonly createRunner: () => Runner;
  readonly log: Telemetry['log'];
}

/** A model in the runner. */
export interface HostedModel {
  /** Takes over the buffers of the inputs. Throws ServiceError: UNAVAILABLE when the runner was lost, else INTERNAL. */
  run(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>;
  unload(): Promise<void>;
}

export interface HostOptions {
  readonly intraOpThreads: number;
}

interface Place {
  readonly runner: Runner;
  readonly handle: number;
}

interface Entry {
  readonly model: Uint8Array;
  readonly options: HostOptions;
  place: Promise<Place>;
}

const RESTART_DELAY_MS = 500;

export class ModelHost {
  readonly #options: ModelHostOptions;
  readonly #entries = new Set<Entry>();
  #runner: Promise<Runner>;
  #isClosed = false;

  constructor(options: ModelHostOptions) {
    this.#options = options;
    this.#runner = Promise.resolve(this.#start());
  }

  /** The bytes are kept, for the next runner. Throws RuntimeFailure INVALID_MODEL. */
  async load(model: Uint8Array, options: HostOptions): Promise<HostedModel> {
    const entry: Entry = { model, options, place: this.#place(model, options) };
    await entry.place;
    this.#entries.add(entry);
    return {
      run: inputs => this.#run(entry, inputs),
      unload: () => this.#unload(entry),
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
    try {
      const { runner, handle } = await entry.place;
      return await runner.run(handle, inputs);
    } catch (error) {
      throw toServiceError(error);
    }
  }

  async #unload(entry: Entry): Promise<void> {
    this.#entries.delete(entry);
    try {
      const { runner, handle } = await entry.place;
      await runner.unload(handle);
    } catch (error) {
      // A runner that is gone has unloaded everything.
      if (!isRunnerGone(error)) throw error;
    }
  }

  #start(): Runner {
    const runner = this.#options.createRunner();
    void runner.lost.then(error => {
      if (this.#isClosed) return;
      this.#options.log.error(
        { err: error, models: this.#entries.size },
        'the model runner was lost; it is started again',
      );
      this.#restart();
    });
    return runner;
  }

  #restart(): void {
    // Not at once: a runner that dies at birth must not keep the processor busy.
    this.#runner = sleep(RESTART_DELAY_MS).then(() => this.#start());
    for (const entry of this.#entries) {
      entry.place = this.#place(entry.model, entry.options);
      entry.place.catch(error => this.#options.log.error({ err: error }, 'a model could not be loaded again'));
    }
  }
}

function isRunnerGone(error: unknown): boolean {
  return error instanceof RuntimeFailure && (error.code === 'RUNNER_LOST' || error.code === 'CLOSED');
}

function toServiceError(error: unknown): ServiceError {
  if (isRunnerGone(error)) {
    return new ServiceError('UNAVAILABLE', 'the model runner was lost during the request; send it again', {
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ServiceError('INTERNAL', `onnx runtime error: ${message}`, { cause: error });
}
