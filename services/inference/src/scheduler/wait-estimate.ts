/** Runs that are remembered. */
const RUNS = 16;

/**
 * How long a request would have to wait at least. It errs on the side of taking a request: it counts full batches, and the
 * shortest of the latest runs, so that a slow run, by itself, refuses nobody.
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
    // What fits one batch waits for the present run only.
    const runs = Math.ceil((queuedRows + rows) / this.#maxBatchSize);
    return runs <= 1 || this.#runsMs.length < RUNS ? 0 : runs * Math.min(...this.#runsMs);
  }
}
