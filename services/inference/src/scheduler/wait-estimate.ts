/** Number of latest runs that are considered. */
const RUNS = 16;

/**
 * A lower bound of the time that a request would have to wait, so that no request that could be answered is
 * refused: it assumes full batches and the shortest of the latest runs. A single slow run therefore causes no refusals.
 */
export class WaitEstimate {
  readonly #maxBatchSize: number;
  readonly #runsMs: number[] = [];

  constructor(maxBatchSize: number) {
    this.#maxBatchSize = maxBatchSize;
  }

  observe(runMs: number): void {
    this.#runsMs.push(runMs);
    if (this.#runsMs.length > RUNS) this.#runsMs.shift();
  }

  /** Until `rows` that come after `queuedRows` would have been computed, in ms; 0 where too little is known. */
  untilDone({ queuedRows, rows }: { readonly queuedRows: number; readonly rows: number }): number {
    // Requests that fit into one batch wait for the current run only.
    const runs = Math.ceil((queuedRows + rows) / this.#maxBatchSize);
    return runs <= 1 || this.#runsMs.length < RUNS ? 0 : runs * Math.min(...this.#runsMs);
  }
}
