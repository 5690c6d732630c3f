/**
 * How one call ends before its time. An AbortController costs several microseconds, and most calls are over before
 * anyone asks for a signal, so there is one only when it is asked for.
 */
export class CallAbort {
  /** Told of the abort at once; one listener, the adapter's. */
  onAbort: ((reason: Error) => void) | undefined;
  #listeners: Set<(reason: Error) => void> | undefined;
  #reason: Error | undefined;
  #isOver = false;
  #controller: AbortController | undefined;

  /** Undefined while the call goes on, and when it has ended by itself. */
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

  /** Calls the listener once: at the abort, or now where the call was aborted. @returns how to stop listening. */
  listen(listener: (reason: Error) => void): () => void {
    if (this.#reason !== undefined) {
      listener(this.#reason);
      return () => undefined;
    }
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
    return () => this.#listeners?.delete(listener);
  }

  /** Only the first reason counts, and none after the call is over. */
  abort(reason: Error): void {
    if (this.#isOver || this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    for (const listener of this.#listeners ?? []) listener(reason);
    this.onAbort?.(reason);
  }

  /** The call has been answered: grpc-js reports a cancellation even then. */
  end(): void {
    this.#isOver = true;
  }

  get isOver(): boolean {
    return this.#isOver;
  }
}
