/**
 * The abort of a call. An AbortController costs several microseconds, and most calls end before anyone needs a signal,
 * so it is created on demand.
 */
export class CallAbort {
  /** Called at once on abort; the adapter's only listener. */
  onAbort: ((reason: Error) => void) | undefined;
  #listeners: Set<(reason: Error) => void> | undefined;
  #reason: Error | undefined;
  #isOver = false;
  #controller: AbortController | undefined;

  /** Undefined while the call is in progress, and if it ended normally. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Calls the listener once: on abort, or now if the call was already aborted. @returns a function that removes it. */
  listen(listener: (reason: Error) => void): () => void {
    if (this.#reason !== undefined) {
      listener(this.#reason);
      return () => undefined;
    }
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
    return () => this.#listeners?.delete(listener);
  }

  /** Only the first reason counts, and none after the call has ended. */
  abort(reason: Error): void {
    if (this.#isOver || this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    for (const listener of this.#listeners ?? []) listener(reason);
    this.onAbort?.(reason);
  }

  /** The call was answered: grpc-js reports a cancellation even then. */
  end(): void {
    this.#isOver = true;
  }

  get isOver(): boolean {
    return this.#isOver;
  }
}
