/** One process of a pool and the connection to it. */
export interface Endpoint {
  /** Calls in flight. */
  readonly inFlight: number;
  /** 0: connected; 1: connecting or idle; 2: the last attempt to connect failed. */
  readonly distance: number;
  /** Accepts no new calls; calls in flight are completed. */
  retire(): void;
}
