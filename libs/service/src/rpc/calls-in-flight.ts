import type { CallContext } from './call-context.js';
import { type IdleTimer, stopping } from './idle-timer.js';

/** A call in progress; streams have an idle timer. */
export interface ServedCall {
  readonly context: CallContext;
  readonly idle: IdleTimer | undefined;
}

/** On shutdown a stream that is idle for this long is ended, because a watcher would delay it forever. */
const QUIET_STREAM_MS = 500;

/** The calls that a stopping server waits for. */
export class CallsInFlight {
  readonly #calls = new Set<ServedCall>();
  readonly #watchers = new Set<() => void>();
  #onEmpty: (() => void) | undefined;

  add(call: ServedCall): void {
    this.#calls.add(call);
    if (this.#onEmpty !== undefined) call.idle?.drain(QUIET_STREAM_MS);
  }

  remove(call: ServedCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#onEmpty?.();
  }

  /**
   * A stream that shutdown does not wait for; it is ended when the server stops. @returns a function that removes it.
   */
  addWatcher(cut: () => void): () => void {
    this.#watchers.add(cut);
    if (this.#onEmpty !== undefined) cut();
    return () => this.#watchers.delete(cut);
  }

  /** Resolves when no call is left; calls that exceed the grace period are aborted. */
  async drain(graceMs: number): Promise<void> {
    const empty = new Promise<void>(resolve => {
      this.#onEmpty = resolve;
    });
    for (const { idle } of this.#calls) idle?.drain(QUIET_STREAM_MS);
    for (const cut of this.#watchers) cut();
    if (this.#calls.size === 0) return;
    const timer = setTimeout(() => {
      for (const { context } of this.#calls) context.abort(stopping());
    }, graceMs);
    await empty;
    clearTimeout(timer);
  }
}
