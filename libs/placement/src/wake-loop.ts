import { setTimeout as sleep } from 'node:timers/promises';

/** Context of one pass. */
export interface PassContext {
  readonly signal: AbortSignal;
  /** Trace of the event that woke it, if any. */
  readonly traceparent?: string;
}

/**
 * A level-triggered loop: a pass at the start, when it is woken, and after the time that the previous pass requested.
 * An event only triggers a pass, so losing one costs time and nothing else. One pass at a time.
 */
export class WakeLoop {
  readonly #pass: (context: PassContext) => Promise<number>;
  readonly #stopping = new AbortController();
  #wakeUp = new AbortController();
  #traceparent: string | undefined;
  #running: Promise<void> = Promise.resolve();

  /** @param pass returns for how many milliseconds nothing needs to be done, unless it is woken. */
  constructor(pass: (context: PassContext) => Promise<number>) {
    this.#pass = pass;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Requests a pass soon; during a pass, one more after it. */
  wake(traceparent?: string): void {
    this.#traceparent = traceparent ?? this.#traceparent;
    this.#wakeUp.abort();
  }

  /** Aborts the signal of the current pass, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // A wake from here on means that something changed after the pass began.
      this.#wakeUp = new AbortController();
      const traceparent = this.#traceparent;
      this.#traceparent = undefined;
      const waitMs = await this.#pass({ signal, ...(traceparent !== undefined && { traceparent }) });
      await sleep(waitMs, undefined, { signal: this.#wakeUp.signal, ref: false }).catch(() => undefined);
    }
  }
}
