import type { CallAbort } from './call-abort.js';

/** Ends a wait when a call is aborted, even if the awaited promise ignores the abort. One wait at a time. */
export class AbortGate {
  readonly #abort: CallAbort;
  #reject: ((reason: unknown) => void) | undefined;

  constructor(abort: CallAbort) {
    this.#abort = abort;
    abort.onAbort = reason => this.#reject?.(reason);
  }

  /** Rejects with the call's reason. The awaited promise continues; its rejection does not count as unhandled. */
  wait<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      work.then(resolve, reject);
      if (this.#abort.reason !== undefined) reject(this.#abort.reason);
    });
  }

  dispose(): void {
    this.#abort.onAbort = undefined;
  }
}
