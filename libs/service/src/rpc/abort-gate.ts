import type { CallAbort } from './call-abort.js';

/** Lets a wait end when a call is aborted, though what is waited for does not listen to it. One wait at a time. */
export class AbortGate {
  readonly #abort: CallAbort;
  #reject: ((reason: unknown) => void) | undefined;

  constructor(abort: CallAbort) {
    this.#abort = abort;
    abort.onAbort = reason => this.#reject?.(reason);
  }

  /** Rejects with the call's reason. What was waited for is left to itself: its rejection is not an unhandled one. */
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
