import { type Client, connectivityState } from '@grpc/grpc-js';

/** A service that cannot be reached, while a call waits for it. */
export interface Outage {
  /** For example "registry". */
  readonly service: string;
  readonly address: string;
  /** When the call gives up, epoch milliseconds. */
  readonly untilMs: number;
}

/** Tells once of each time in which a channel has no connection and calls wait for one. */
export class OutageWatch {
  readonly #client: Client;
  readonly #tell: (untilMs: number) => void;
  readonly #waiting = new Set<{ readonly untilMs: number }>();
  #isWatching = false;
  #isTold = false;

  constructor(client: Client, tell: (untilMs: number) => void) {
    this.#client = client;
    this.#tell = tell;
  }

  /** A call begins; what it returns is called at its end. */
  begin(untilMs: number): () => void {
    const call = { untilMs };
    this.#waiting.add(call);
    if (!this.#isWatching) this.#watch();
    else this.#look();
    return () => void this.#waiting.delete(call);
  }

  #look(): connectivityState {
    const state = this.#client.getChannel().getConnectivityState(false);
    if (state === connectivityState.READY) this.#isTold = false;
    if (state === connectivityState.TRANSIENT_FAILURE && this.#waiting.size > 0 && !this.#isTold) {
      this.#isTold = true;
      this.#tell(Math.max(...[...this.#waiting].map(({ untilMs }) => untilMs)));
    }
    return state;
  }

  #watch(): void {
    const state = this.#look();
    this.#isWatching = state !== connectivityState.SHUTDOWN;
    if (!this.#isWatching) return;
    this.#client.getChannel().watchConnectivityState(state, Number.POSITIVE_INFINITY, () => this.#watch());
  }
}
