/** Weight of the newest run. */
const WEIGHT = 0.2;

/**
 * How long a request would have to wait. It errs on the side of taking a request: it counts full batches, and a run's time is
 * that of the runs so far, which are full only under load.
 */
export class WaitEstimate {
  readonly #maxBatchSize: number;
  /** Exponentially weighted mean; undefined before the first run. */
  #runMs: number | undefined;

  constructor(maxBatchSize: number) {
    this.#maxBatchSize = maxBatchSize;
  }

  observe(runMs: number): void {
    this.#runMs = this.#runMs === undefined ? runMs : this.#runMs + WEIGHT * (runMs - this.#runMs);
  }

  /** Until `rows` that come after `queuedRows` would have been computed, in ms; 0 where nothing is known. */
  untilDone({ queuedRows, rows }: { readonly queuedRows: number; readonly rows: number }): number {
    return Math.ceil((queuedRows + rows) / this.#maxBatchSize) * (this.#runMs ?? 0);
  }
}
