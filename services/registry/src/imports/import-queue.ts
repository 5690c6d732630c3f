import { ServiceError } from '@athanor/service/errors';

export interface ImportQueueOptions {
  /** Imports at the same time. */
  readonly maxRunning: number;
  /** Imports that wait for them; more are refused. */
  readonly maxWaiting: number;
}

const RETRY_AFTER_MS = 5_000;

/** Imports hold a model in memory and on disk: few run at a time, some wait in order, the rest are refused. */
export class ImportQueue {
  readonly #options: ImportQueueOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: ImportQueueOptions) {
    this.#options = options;
  }

  /** @throws RESOURCE_EXHAUSTED if too many wait; the signal's reason if it is aborted while waiting. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    await this.#acquire(signal);
    try {
      return await work();
    } finally {
      // The next one takes over this one's place, so that nobody comes in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    const { maxRunning, maxWaiting } = this.#options;
    if (this.#running < maxRunning) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= maxWaiting) throw queueFull(this.#running, this.#waiting.length);
    await this.#turn(signal);
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(begin);
    });
  }
}

function queueFull(running: number, waiting: number): ServiceError {
  const message = `${running} imports run and ${waiting} wait, which is all this service takes; nothing was changed. Retry when some have ended, or import one model at a time`;
  return new ServiceError('RESOURCE_EXHAUSTED', message, { reason: 'TOO_MANY_IMPORTS', retryAfterMs: RETRY_AFTER_MS });
}
