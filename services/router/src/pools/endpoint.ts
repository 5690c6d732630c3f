/** One process of a pool and the way to it. */
export interface Endpoint {
  /** Calls that it was given and has not answered. */
  readonly inFlight: number;
  /** 0: connected; 1: may be soon; 2: tried in vain. */
  readonly distance: number;
  /** Takes no new calls; those that it has go on to their end. */
  retire(): void;
}
