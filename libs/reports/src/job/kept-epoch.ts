import { isSameComponent } from '@athanor/contracts';
import type { Component } from '@athanor/contracts/api';
import type { EpochMetrics } from '@athanor/contracts/training';
import type { JobData } from './job-data.js';

/** Epochs of one model: a job that chooses between models trains them one after another. */
export interface Run {
  /** Null if the job trains one. */
  readonly model: Component | null;
  readonly epochs: readonly EpochMetrics[];
}

/** The epochs of each candidate. Which epochs are whose is known when the job has succeeded. */
export function runsOf({ job, epochs }: Pick<JobData, 'job' | 'epochs'>): readonly Run[] {
  const candidates = job.result?.candidates ?? [];
  let begin = 0;
  const runs = candidates.map(({ model, epochs: count }) => {
    const run = { model, epochs: epochs.slice(begin, begin + count) };
    begin += count;
    return run;
  });
  return runs.length > 0 && begin === epochs.length ? runs : [{ model: null, epochs }];
}

/**
 * The epoch whose weights the result has: the one with the smallest validation loss; the last one without early stopping.
 * Undefined until the job has succeeded.
 */
export function keptEpoch({ job, epochs }: Pick<JobData, 'job' | 'epochs'>): number | undefined {
  if (job.state !== 'STATE_SUCCEEDED') return undefined;
  const chosen = job.result?.model ?? null;
  const runs = runsOf({ job, epochs });
  const run = runs.find(({ model }) => isSameComponent(model, chosen)) ?? (runs.length === 1 ? runs[0] : undefined);
  if (run === undefined) return undefined;
  const evaluated = run.epochs.filter(({ validationLoss }) => validationLoss !== undefined);
  if ((job.spec?.earlyStopping?.patience ?? 0) === 0 || evaluated.length === 0) return run.epochs.at(-1)?.epoch;
  const lossOf = ({ validationLoss }: EpochMetrics) => validationLoss ?? Number.POSITIVE_INFINITY;
  return evaluated.reduce((best, each) => (lossOf(each) < lossOf(best) ? each : best)).epoch;
}
