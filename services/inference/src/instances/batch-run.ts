import type { Pending } from '@athanor/serving';
import type { ModelSpec } from '../served-models/model-spec.js';
import type { ModelStatistics, RunTimes } from '../served-models/statistics.js';
import { assembleBatch, splitBatch } from './batch.js';
import { type Instance, InstanceLost } from './instance.js';
import { lostDuringRun, runTimedOut } from './pool-errors.js';
import { toRunError } from './run-error.js';

/** done: answered; failed: answered with an error; again: the requests are to be run one by one. */
export type BatchOutcome = 'done' | 'failed' | 'again';

/** The metrics of a model's runs. */
export interface RunMeter {
  recordRun(run: RunFigures): void;
}

export interface RunFigures {
  readonly rows: number;
  /** Of the request that waited longest. */
  readonly waitMs: number;
  readonly computeMs: number;
}

export interface BatchRunOptions {
  readonly spec: ModelSpec;
  readonly statistics: ModelStatistics;
  readonly meter: RunMeter;
  /** Called with the duration of a run. */
  readonly observe: (runMs: number) => void;
}

/** Runs a batch on an instance and answers its requests. A batch of several that fails is rerun, one by one. */
export async function runBatch(
  instance: Instance,
  batch: readonly Pending[],
  options: BatchRunOptions,
): Promise<BatchOutcome> {
  const start = performance.now();
  try {
    await answerBatch(instance, batch, options, start);
    return 'done';
  } catch (error) {
    // One of the requests may be the cause; alone, it fails without the others.
    if (batch.length > 1) return 'again';
    const [pending] = batch;
    options.statistics.addFailure(performance.now() - pending!.arrived);
    pending!.sink.fail(toCallerError(error));
    return 'failed';
  }
}

async function answerBatch(
  instance: Instance,
  batch: readonly Pending[],
  { spec, statistics, meter, observe }: BatchRunOptions,
  start: number,
): Promise<void> {
  const works = batch.map(({ work }) => work);
  let rows = 0;
  for (const work of works) rows += work.rows;
  const inputs = assembleBatch(spec, works, rows);
  const assembled = performance.now();
  const results = await instance.execute(inputs);
  const computed = performance.now();
  const answers = splitBatch(spec, results, works);
  const end = performance.now();
  const times: RunTimes = {
    computeInputMs: assembled - start,
    computeInferMs: computed - assembled,
    computeOutputMs: end - computed,
  };
  observe(end - start);
  statistics.addRun(rows, times);
  let firstArrived = Number.POSITIVE_INFINITY;
  for (const { arrived } of batch) firstArrived = Math.min(firstArrived, arrived);
  meter.recordRun({ rows, waitMs: start - firstArrived, computeMs: times.computeInferMs });
  for (const [index, { arrived, sink }] of batch.entries()) {
    statistics.addSuccess(start - arrived, end - arrived, times);
    sink.send(answers[index]!);
  }
}

export function failAll(batch: readonly Pending[], error: Error): void {
  for (const { sink } of batch) sink.fail(error);
}

function toCallerError(error: unknown): unknown {
  if (error instanceof InstanceLost) return error.isTimeout ? runTimedOut(error.message) : lostDuringRun(error.message);
  return error instanceof Error && error.name === 'ServiceError' ? error : toRunError(error);
}
