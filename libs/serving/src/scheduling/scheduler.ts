// A scheduler decides which requests run next, and which of them share a run. It knows neither transports nor runtimes.

import type { ComponentKind } from '@athanor/components';
import type { OutputSink, Work } from './work.js';

/** A request that a scheduler has accepted. */
export interface Pending {
  readonly work: Work;
  readonly sink: OutputSink;
  /** performance.now() when it was submitted. */
  readonly arrived: number;
}

/** The instances of a model, as a scheduler sees them. */
export interface Instances {
  /** Instances that could run a batch now. */
  readonly free: number;
  readonly count: number;
  /**
   * Runs the batch on a free instance and answers its sinks. `Scheduler.dispatch` is called when the instance is free
   * again. Throws if no instance is free.
   */
  run(batch: readonly Pending[]): void;
  /** A request that was refused or dropped without a run, for the statistics. */
  refused(waitedMs: number): void;
}

export interface SchedulingContext {
  readonly instances: Instances;
  /** Whether rows of several requests may share a run. */
  readonly mayBatch: boolean;
  /** The model's own limit of rows per run; 0: none. */
  readonly maxBatchSize: number;
}

export interface Scheduler {
  /** Takes ownership of the work until its sink has been answered. */
  submit(work: Work, sink: OutputSink): void;
  /** An instance has become free, or has become available again. */
  dispatch(): void;
  /** Reports how long a run took, for estimates of the wait. */
  observe(runMs: number): void;
  /** Number of requests that wait for a run, and of their rows. */
  readonly depth: number;
  readonly queuedRows: number;
  /** Accepts no more requests; settles when all accepted ones have been handed to instances. */
  drain(): Promise<void>;
  /** Accepts no more requests, and answers those that wait with the error: no instance will be free any more. */
  abort(error: Error): void;
}

/** What ModelConfig says about a scheduler. */
export interface SchedulerFacts {
  /** Maximum rows of a request and of a run, for a model with a batch. */
  readonly maxBatchSize: number;
  readonly maxQueueSize: number;
  /** Undefined: requests do not share runs. */
  readonly maxQueueDelayUs: number | undefined;
  /** 0: all requests are equal. */
  readonly priorityLevels: number;
}

export interface SchedulerKind<P = unknown> extends ComponentKind<P> {
  create(parameters: P, context: SchedulingContext): Scheduler;
  facts(parameters: P): SchedulerFacts;
}

/** Checks the types of one kind; in the table all kinds have the same type. */
export function defineScheduler<P>(kind: SchedulerKind<P>): SchedulerKind {
  return kind as SchedulerKind;
}
