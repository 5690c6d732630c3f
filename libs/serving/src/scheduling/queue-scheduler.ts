import { deadlinePassed, overloaded, queueFull, schedulerStopping, timedOut } from './queue-errors.js';
import type { Pending, Scheduler, SchedulingContext } from './scheduler.js';
import { WaitEstimate } from './wait-estimate.js';
import type { OutputSink, Work } from './work.js';

export interface QueueOptions {
  /** Maximum rows per run; 1: requests do not share runs. */
  readonly maxBatchSize: number;
  readonly maxQueueSize: number;
  /** How long the oldest request may wait for others while an instance is free. */
  readonly maxQueueDelayUs: number;
  /** Position of a new request in the queue, which is in the order of execution. Default: the end. */
  place?(queue: readonly Pending[], work: Work): number;
}

/**
 * One queue in front of a model's instances. A batch is taken when an instance is free, so batches become larger under
 * load. Requests that are cancelled or expired are dropped; one that cannot be answered before its deadline is refused at
 * once.
 */
export class QueueScheduler implements Scheduler {
  readonly #context: SchedulingContext;
  readonly #options: QueueOptions;
  readonly #estimate = new WaitEstimate();
  #queue: Pending[] = [];
  #queuedRows = 0;
  #isWoken = false;
  #isClosed = false;
  #delay: NodeJS.Timeout | undefined;
  #onEmpty: (() => void)[] = [];

  constructor(context: SchedulingContext, options: QueueOptions) {
    this.#context = context;
    this.#options = options;
  }

  get depth(): number {
    return this.#queue.length;
  }

  get queuedRows(): number {
    return this.#queuedRows;
  }

  submit(work: Work, sink: OutputSink): void {
    const refusal = this.#isClosed ? schedulerStopping() : this.#refuse(work);
    if (refusal !== undefined) {
      this.#context.instances.refused(0);
      sink.fail(refusal);
      return;
    }
    const pending = { work, sink, arrived: performance.now() };
    const at = this.#options.place?.(this.#queue, work) ?? this.#queue.length;
    if (at === this.#queue.length) this.#queue.push(pending);
    else this.#queue.splice(at, 0, pending);
    this.#queuedRows += work.rows;
    this.#wake();
  }

  dispatch(): void {
    while (this.#queue.length > 0 && this.#context.instances.free > 0) {
      if (this.#shouldWait()) return;
      const batch = this.#takeBatch();
      if (batch.length > 0) this.#context.instances.run(batch);
    }
    if (this.#queue.length === 0) for (const settle of this.#onEmpty.splice(0)) settle();
  }

  observe(runMs: number): void {
    this.#estimate.observe(runMs);
  }

  drain(): Promise<void> {
    this.#isClosed = true;
    return new Promise(resolve => {
      this.#onEmpty.push(resolve);
      this.#wake();
    });
  }

  abort(error: Error): void {
    this.#isClosed = true;
    const waiting = this.#queue;
    this.#setQueue([]);
    for (const { sink, arrived } of waiting) {
      this.#context.instances.refused(performance.now() - arrived);
      sink.fail(error);
    }
    this.dispatch();
  }

  // Cancelled and expired requests are removed only when their places are needed, so that live requests never pay for
  // the search.
  #refuse(work: Work): Error | undefined {
    const { maxQueueSize } = this.#options;
    if (this.#queue.length >= maxQueueSize) this.#dropDead();
    if (this.#queue.length >= maxQueueSize) return queueFull();
    return this.#predictMiss(work);
  }

  /**
   * Refused now rather than at its deadline: a request that would wait too long takes the place of one that could be
   * answered.
   */
  #predictMiss({ rows, caller }: Work): Error | undefined {
    // A request without a deadline, or at the head of the queue, is always accepted.
    if (this.#queue.length === 0 || caller.deadlineMs === Number.POSITIVE_INFINITY) return undefined;
    const leftMs = caller.deadlineMs - Date.now();
    const facts = { maxBatchSize: this.#options.maxBatchSize, instances: Math.max(1, this.#context.instances.count) };
    const estimate = () => this.#estimate.untilDone({ queuedRows: this.#queuedRows, rows }, facts);
    if (estimate() <= leftMs) return undefined;
    // Some of the counted requests may have been cancelled or have expired.
    this.#dropDead();
    const waitMs = estimate();
    return waitMs <= leftMs ? undefined : overloaded(this.#queuedRows, waitMs, leftMs);
  }

  // One turn of the event loop may deliver many requests; the run starts after the last of them.
  #wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      this.dispatch();
    });
  }

  /** Waits up to the configured delay for a batch to fill, counted from the arrival of the oldest request. */
  #shouldWait(): boolean {
    const { maxQueueDelayUs, maxBatchSize } = this.#options;
    if (maxQueueDelayUs === 0 || this.#isClosed || this.#queuedRows >= maxBatchSize) return false;
    // The queue may be long, and in an order other than that of arrival.
    let oldest = Number.POSITIVE_INFINITY;
    for (const { arrived } of this.#queue) oldest = Math.min(oldest, arrived);
    const leftMs = oldest + maxQueueDelayUs / 1000 - performance.now();
    if (leftMs <= 0) return false;
    this.#delay ??= setTimeout(() => {
      this.#delay = undefined;
      this.dispatch();
    }, leftMs);
    return true;
  }

  #takeBatch(): Pending[] {
    const batch: Pending[] = [];
    let rows = 0;
    let taken = 0;
    for (const pending of this.#queue) {
      if (!this.#dropIfDead(pending)) {
        const first = batch[0];
        const fits = rows + pending.work.rows <= this.#options.maxBatchSize;
        if (first !== undefined && !(fits && canShareRun(first.work, pending.work))) break;
        batch.push(pending);
        rows += pending.work.rows;
      }
      taken++;
    }
    this.#setQueue(this.#queue.slice(taken));
    return batch;
  }

  #dropDead(): void {
    this.#setQueue(this.#queue.filter(pending => !this.#dropIfDead(pending)));
  }

  #setQueue(queue: Pending[]): void {
    this.#queue = queue;
    this.#queuedRows = queue.reduce((sum, { work }) => sum + work.rows, 0);
  }

  /** Whether the caller has cancelled, or its deadline or timeout has passed; if so, the request is answered. */
  #dropIfDead({ work, arrived, sink }: Pending): boolean {
    const waitedMs = performance.now() - arrived;
    const { abortReason, deadlineMs } = work.caller;
    if (abortReason !== undefined) sink.fail(abortReason);
    else if (deadlineMs <= Date.now()) sink.fail(deadlinePassed(waitedMs));
    else if (work.timeoutUs > 0 && waitedMs * 1000 > work.timeoutUs) sink.fail(timedOut());
    else return false;
    this.#context.instances.refused(waitedMs);
    return true;
  }
}

/** Whether rows of both requests may be in one tensor: their variable dimensions are equal. */
function canShareRun(a: Work, b: Work): boolean {
  return a.inputs.every(({ dims }, index) => {
    const other = b.inputs[index]!.dims;
    // For fixed dimensions it is the specification's own array.
    return dims === other || (dims.length === other.length && dims.every((dim, axis) => dim === other[axis]));
  });
}
