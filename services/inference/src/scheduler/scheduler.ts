import { ServiceError } from '@athanor/service';
import type { Tensor } from '@athanor/tensor';
import type { ModelSpec } from '../served-models/model-spec.js';
import type { ModelStatistics } from '../served-models/statistics.js';
import { assembleBatch, canShareRun, splitBatch } from './batch.js';
import type { SchedulerMeter } from './scheduler-meter.js';
import { WaitEstimate } from './wait-estimate.js';
import type { OutputRows, Work } from './work.js';

// Dynamic batching in its simplest sound form: one run at a time. Requests that arrive meanwhile wait and share the
// next run, in order of arrival, up to the maximum batch size.

export interface SchedulerOptions {
  readonly spec: ModelSpec;
  /** Runs the model; takes ownership of the tensors' buffers. */
  readonly run: (inputs: Record<string, Tensor>) => Promise<Record<string, Tensor>>;
  readonly statistics: ModelStatistics;
  readonly meter: SchedulerMeter;
  readonly maxQueueSize: number;
  readonly maxQueueDelayUs: number;
}

interface Waiting {
  readonly work: Work;
  /** performance.now() */
  readonly arrived: number;
  readonly resolve: (outputs: OutputRows[]) => void;
  readonly reject: (error: unknown) => void;
}

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #estimate: WaitEstimate;
  #queue: Waiting[] = [];
  /** Rows of all requests in the queue. */
  #queuedRows = 0;
  #isRunning = false;
  #isWoken = false;
  #isClosed = false;
  #delay: NodeJS.Timeout | undefined;
  #onIdle: (() => void)[] = [];

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#estimate = new WaitEstimate(options.spec.maxBatchSize);
  }

  /** Number of requests that wait for a run. */
  get queueDepth(): number {
    return this.#queue.length;
  }

  /** Settles when the work has run, or rejects with the reason why it will not. */
  submit(work: Work): Promise<OutputRows[]> {
    const { maxQueueSize, statistics } = this.#options;
    if (this.#isClosed) return Promise.reject(stopping());
    // Cancelled and expired requests are removed only when their places are needed, so that live requests never pay for
    // the search.
    if (this.#queue.length >= maxQueueSize) this.#setQueue(this.#queue.filter(waiting => !this.#dropIfDead(waiting)));
    if (this.#queue.length >= maxQueueSize) {
      statistics.addFailure(0);
      return Promise.reject(new ServiceError('UNAVAILABLE', 'Exceeds maximum queue size'));
    }
    const tooLate = this.#predictMiss(work);
    if (tooLate !== undefined) {
      statistics.addFailure(0);
      return Promise.reject(tooLate);
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ work, arrived: performance.now(), resolve, reject });
      this.#queuedRows += work.rows;
      this.#wake();
    });
  }

  /**
   * Refused now rather than at its deadline: a request that would wait too long takes the place of one that could be
   * answered.
   */
  #predictMiss({ rows, caller }: Work): ServiceError | undefined {
    // A request without a deadline, or at the head of the queue, is always accepted.
    if (this.#queue.length === 0 || caller.deadlineMs === Number.POSITIVE_INFINITY) return undefined;
    const leftMs = caller.deadlineMs - Date.now();
    const estimate = () => this.#estimate.untilDone({ queuedRows: this.#queuedRows, rows });
    if (estimate() <= leftMs) return undefined;
    // Some of the counted requests may have been cancelled or have expired.
    this.#setQueue(this.#queue.filter(waiting => !this.#dropIfDead(waiting)));
    const waitMs = estimate();
    if (waitMs <= leftMs) return undefined;
    const queuedRows = this.#queuedRows;
    const message = `the model is overloaded: ${queuedRows} rows wait, which takes about ${Math.ceil(waitMs)} ms, and the deadline is in ${Math.max(Math.ceil(leftMs), 0)} ms; send fewer requests, or give the deployment more replicas`;
    return new ServiceError('RESOURCE_EXHAUSTED', message, { reason: 'OVERLOADED' });
  }

  /** Accepts no more requests; settles when all accepted ones have been answered. */
  drain(): Promise<void> {
    this.#isClosed = true;
    return new Promise(resolve => {
      this.#onIdle.push(resolve);
      this.#settleIfIdle();
    });
  }

  // One turn of the event loop may deliver many requests; the run starts after the last of them.
  #wake(): void {
    if (this.#isRunning || this.#isWoken) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    if (this.#isRunning || this.#shouldWait()) return;
    const batch = this.#takeBatch();
    if (batch.length === 0) {
      this.#settleIfIdle();
      return;
    }
    this.#isRunning = true;
    void this.#run(batch).then(() => {
      this.#isRunning = false;
      this.#dispatch();
    });
  }

  /** Waits up to the configured delay for a batch to fill, counted from the arrival of its first request. */
  #shouldWait(): boolean {
    const { maxQueueDelayUs, spec } = this.#options;
    const first = this.#queue[0];
    if (maxQueueDelayUs === 0 || first === undefined || this.#isClosed) return false;
    const leftMs = first.arrived + maxQueueDelayUs / 1000 - performance.now();
    if (leftMs <= 0 || this.#queuedRows >= spec.maxBatchSize) return false;
    this.#delay ??= setTimeout(() => {
      this.#delay = undefined;
      this.#dispatch();
    }, leftMs);
    return true;
  }

  #setQueue(queue: Waiting[]): void {
    this.#queue = queue;
    this.#queuedRows = queue.reduce((sum, { work }) => sum + work.rows, 0);
  }

  #takeBatch(): Waiting[] {
    const { maxBatchSize } = this.#options.spec;
    const batch: Waiting[] = [];
    let rows = 0;
    let taken = 0;
    for (const waiting of this.#queue) {
      if (!this.#dropIfDead(waiting)) {
        const first = batch[0];
        const fits = rows + waiting.work.rows <= maxBatchSize;
        if (first !== undefined && !(fits && canShareRun(first.work, waiting.work))) break;
        batch.push(waiting);
        rows += waiting.work.rows;
      }
      taken++;
    }
    this.#setQueue(this.#queue.slice(taken));
    return batch;
  }

  /** Whether the caller has cancelled, or its deadline or timeout has passed; if so, the request is rejected. */
  #dropIfDead({ work, arrived, reject }: Waiting): boolean {
    const waitedMs = performance.now() - arrived;
    const { abortReason, deadlineMs } = work.caller;
    if (abortReason !== undefined) reject(abortReason);
    else if (deadlineMs <= Date.now()) reject(expired('DEADLINE_EXCEEDED', waitedMs));
    else if (work.timeoutUs > 0 && waitedMs * 1000 > work.timeoutUs) reject(expired('UNAVAILABLE', waitedMs));
    else return false;
    this.#options.statistics.addFailure(waitedMs);
    return true;
  }

  async #run(batch: readonly Waiting[]): Promise<void> {
    const { spec, statistics, meter, run } = this.#options;
    const works = batch.map(({ work }) => work);
    const rows = works.reduce((sum, work) => sum + work.rows, 0);
    const start = performance.now();
    try {
      const inputs = assembleBatch(spec, works, rows);
      const assembled = performance.now();
      const results = await run(inputs);
      const computed = performance.now();
      const answers = splitBatch(spec, results, works);
      const end = performance.now();
      this.#estimate.observe(end - start);
      const times = {
        computeInputMs: assembled - start,
        computeInferMs: computed - assembled,
        computeOutputMs: end - computed,
      };
      statistics.addRun(rows, times);
      meter.recordRun({ rows, waitMs: start - batch[0]!.arrived, computeMs: times.computeInferMs });
      for (const [index, { arrived, resolve }] of batch.entries()) {
        statistics.addSuccess(start - arrived, end - arrived, times);
        resolve(answers[index]!);
      }
    } catch (error) {
      await this.#fail(batch, error);
    }
  }

  /** A failed batch is retried request by request, so that one request does not fail others. */
  async #fail(batch: readonly Waiting[], error: unknown): Promise<void> {
    const isLost = error instanceof ServiceError && error.code === 'UNAVAILABLE';
    if (batch.length > 1 && !isLost) {
      for (const waiting of batch) await this.#run([waiting]);
      return;
    }
    for (const { arrived, reject } of batch) {
      this.#options.statistics.addFailure(performance.now() - arrived);
      reject(error);
    }
  }

  #settleIfIdle(): void {
    if (this.#isRunning || this.#queue.length > 0) this.#wake();
    else for (const settle of this.#onIdle.splice(0)) settle();
  }
}

function stopping(): ServiceError {
  const message = 'Server is stopping, scheduler for model has stopped accepting new inference requests';
  return new ServiceError('UNAVAILABLE', message);
}

function expired(code: 'DEADLINE_EXCEEDED' | 'UNAVAILABLE', waitedMs: number): ServiceError {
  if (code === 'UNAVAILABLE') return new ServiceError(code, 'Request timeout expired');
  return new ServiceError(
    code,
    `the deadline passed after ${Math.round(waitedMs)} ms in the queue; set a longer deadline`,
  );
}
