/** Lets a wait end when a signal is aborted, though what is waited for does not listen to it. One wait at a time. */
export class AbortGate {
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.#reject?.(this.#signal.reason);
  #reject: ((reason: unknown) => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Rejects with the signal's reason. What was waited for is left to itself: its rejection is not an unhandled one. */
  wait<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      work.then(resolve, reject);
      if (this.#signal.aborted) reject(this.#signal.reason);
    });
  }

  dispose(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
