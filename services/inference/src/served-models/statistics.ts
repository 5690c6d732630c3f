// The data of Triton's ModelStatistics for a model version. Durations are counted per request: each request of a batch
// counts the whole run's durations, so the three compute counts are always equal, as perf_analyzer requires.

export interface Duration {
  count: number;
  ns: number;
}

export interface BatchStatistics {
  readonly computeInput: Duration;
  readonly computeInfer: Duration;
  readonly computeOutput: Duration;
}

/** Durations of the parts of one run, in milliseconds. */
export interface RunTimes {
  readonly computeInputMs: number;
  readonly computeInferMs: number;
  readonly computeOutputMs: number;
}

export class ModelStatistics {
  readonly success = zero();
  readonly fail = zero();
  /** Counted for every request that ran, whether it waited or not. */
  readonly queue = zero();
  readonly computeInput = zero();
  readonly computeInfer = zero();
  readonly computeOutput = zero();
  /** By the number of rows of a run. */
  readonly batches = new Map<number, BatchStatistics>();
  /** Rows. */
  inferenceCount = 0;
  /** Runs. */
  executionCount = 0;
  /** Epoch milliseconds. */
  lastInferenceMs = 0;

  /** Records a finished run. */
  addRun(rows: number, times: RunTimes): void {
    this.executionCount++;
    this.inferenceCount += rows;
    this.lastInferenceMs = Date.now();
    let batch = this.batches.get(rows);
    if (batch === undefined) {
      batch = { computeInput: zero(), computeInfer: zero(), computeOutput: zero() };
      this.batches.set(rows, batch);
    }
    addTimes(batch, times);
  }

  /** Records an answered request of a run. */
  addSuccess(queueMs: number, totalMs: number, times: RunTimes): void {
    add(this.success, totalMs);
    add(this.queue, queueMs);
    addTimes(this, times);
  }

  addFailure(totalMs: number): void {
    add(this.fail, totalMs);
  }
}

function addTimes(durations: BatchStatistics, times: RunTimes): void {
  add(durations.computeInput, times.computeInputMs);
  add(durations.computeInfer, times.computeInferMs);
  add(durations.computeOutput, times.computeOutputMs);
}

function zero(): Duration {
  return { count: 0, ns: 0 };
}

function add(duration: Duration, ms: number): void {
  duration.count++;
  duration.ns += Math.round(ms * 1e6);
}
