import type { EpochMetrics } from '@athanor/contracts/training';
import type { JobData } from './job-data.js';

/** Epochs of one model: a job that chooses between models trains them one after another. */
export interface Run {
  /** Kind of the model; empty if the job trains one. */
  readonly model: string;
  readonly epochs: readonly EpochMetrics[];
}

/** The epochs of each candidate. Which epochs are whose is known when the job has succeeded. */
export function runsOf({ job, epochs }: Pick<JobData, 'job' | 'epochs'>): readonly Run[] {
  const candidates = job.result?.candidates ?? [];
  let begin = 0;
  const runs = candidates.map(({ model, epochs: count }) => {
    const run = { model: model?.kind ?? '', epochs: epochs.slice(begin, begin + count) };
    begin += count;
    return run;
  });
  return runs.length > 0 && begin === epochs.length ? runs : [{ model: '', epochs }];
}

/**
 * The epoch whose weights the result has: the best by the primary metric on validation, then by loss; the last one
 * without early stopping. Undefined until the job has succeeded.
 */
export function keptEpoch({ job, epochs }: Pick<JobData, 'job' | 'epochs'>): number | undefined {
  if (job.state !== 'STATE_SUCCEEDED') return undefined;
  const chosen = job.result?.model?.kind;
  const runs = runsOf({ job, epochs });
  const run = runs.find(({ model }) => model === chosen) ?? (runs.length === 1 ? runs[0] : undefined);
  if (run === undefined) return undefined;
  const scored = run.epochs.filter(({ validationMetrics }) => validationMetrics.length > 0);
  if ((job.spec?.earlyStopping?.patience ?? 0) === 0 || scored.length === 0) return run.epochs.at(-1)?.epoch;
  return scored.reduce((best, each) => (isBetter(each, best) ? each : best)).epoch;
}

function isBetter(epoch: EpochMetrics, best: EpochMetrics): boolean {
  const [metric, before] = [epoch.validationMetrics[0]!, best.validationMetrics[0]!];
  if (metric.value === before.value) return (epoch.validationLoss ?? 0) < (best.validationLoss ?? 0);
  return metric.smallerIsBetter ? metric.value < before.value : metric.value > before.value;
}
