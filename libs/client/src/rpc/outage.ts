import { type Client, connectivityState } from '@grpc/grpc-js';

/** A service that cannot be reached, while a call waits for it. */
export interface Outage {
  /** For example "registry". */
  readonly service: string;
  readonly address: string;
  /** When the call gives up, epoch milliseconds. */
  readonly untilMs: number;
}

/** Reports each outage once: a time in which a channel has no connection and calls wait for one. */
export class OutageWatch {
  readonly #client: Client;
  readonly #report: (untilMs: number) => void;
  readonly #waiting = new Set<{ readonly untilMs: number }>();
  #isWatching = false;
  #isReported = false;

  constructor(client: Client, report: (untilMs: number) => void) {
    this.#client = client;
    this.#report = report;
  }

  /** A call begins. @returns a function to call at its end. */
  begin(untilMs: number): () => void {
    const call = { untilMs };
    this.#waiting.add(call);
    if (!this.#isWatching) this.#watch();
    else this.#check();
    return () => void this.#waiting.delete(call);
  }

  #check(): connectivityState {
    const state = this.#client.getChannel().getConnectivityState(false);
    if (state === connectivityState.READY) this.#isReported = false;
    if (state === connectivityState.TRANSIENT_FAILURE && this.#waiting.size > 0 && !this.#isReported) {
      this.#isReported = true;
      this.#report(Math.max(...[...this.#waiting].map(({ untilMs }) => untilMs)));
    }
    return state;
  }

  #watch(): void {
    const state = this.#check();
    this.#isWatching = state !== connectivityState.SHUTDOWN;
    if (!this.#isWatching) return;
    this.#client.getChannel().watchConnectivityState(state, Number.POSITIVE_INFINITY, () => this.#watch());
  }
}
