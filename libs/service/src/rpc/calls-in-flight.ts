import type { CallContext } from './call-context.js';
import { type IdleTimer, stopping } from './idle-timer.js';

/** A call that is being served; streams have an idle timer. */
export interface ServedCall {
  readonly context: CallContext;
  readonly idle: IdleTimer | undefined;
}

/** A stream that is quiet for so long is not waited for: a watcher would hold up the end for ever. */
const QUIET_STREAM_MS = 500;

/** What a stopping server waits for. */
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

  /** A stream that nobody waits for; it is cut when the server stops. @returns what forgets it. */
  addWatcher(cut: () => void): () => void {
    this.#watchers.add(cut);
    if (this.#onEmpty !== undefined) cut();
    return () => this.#watchers.delete(cut);
  }

  /** Ends when no call is left; those that take longer than the grace period are aborted. */
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
