/** Number of latest runs that are considered. */
const RUNS = 16;

export interface WaitFacts {
  /** Maximum rows per run. */
  readonly maxBatchSize: number;
  /** Number of instances that run at the same time. */
  readonly instances: number;
}

/**
 * A lower bound of the time that a request would have to wait, so that no request that could be answered is
 * refused: it assumes full batches and the shortest of the latest runs. A single slow run therefore causes no refusals.
 */
export class WaitEstimate {
  readonly #runsMs: number[] = [];

  observe(runMs: number): void {
    this.#runsMs.push(runMs);
    if (this.#runsMs.length > RUNS) this.#runsMs.shift();
  }

  /** Until `rows` that come after `queuedRows` would have been computed, in ms; 0 where too little is known. */
  untilDone(
    { queuedRows, rows }: { readonly queuedRows: number; readonly rows: number },
    { maxBatchSize, instances }: WaitFacts,
  ): number {
    // Requests that fit into one batch wait for a current run only.
    const runs = Math.ceil((queuedRows + rows) / maxBatchSize);
    if (runs <= 1 || this.#runsMs.length < RUNS) return 0;
    return Math.ceil(runs / instances) * Math.min(...this.#runsMs);
  }
}
