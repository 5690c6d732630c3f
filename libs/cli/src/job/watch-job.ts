import type { AthanorClient } from '@athanor/client';
import type { EpochMetrics, TrainingJob } from '@athanor/contracts/training';
import { startProgress } from '../output/progress.js';
import { enumText, figure } from '../output/render.js';
import type { Terminal } from '../terminal.js';
import { resumeWatch } from '../watch/resume-watch.js';
import { metricText } from './metric-text.js';
import { progressText } from './progress-text.js';

export interface WatchJobOptions {
  readonly client: AthanorClient;
  readonly terminal: Terminal;
  readonly jobId: string;
  readonly signal?: AbortSignal;
}

/** Shows a job's progress until it ends, one line per epoch, and returns it. */
export async function watchJob({ client, terminal, jobId, signal }: WatchJobOptions): Promise<TrainingJob> {
  let lastEpoch = -1;
  let last: TrainingJob | undefined;
  const progress = startProgress(terminal, 'train');
  const open = () => client.training.watchTrainingJob({ jobId }, { ...(signal && { signal }) });
  for await (const { job, epochs } of resumeWatch(open, { terminal, what: `job ${jobId}`, signal })) {
    // A reopened watch starts with all epochs.
    for (const epoch of epochs.filter(each => each.epoch > lastEpoch)) {
      progress.done(epochLine(epoch));
      lastEpoch = epoch.epoch;
    }
    if (job === null) continue;
    last = job;
    const { step = 0, totalSteps = 0 } = job.progress ?? {};
    const note = job.progress === null || totalSteps === 0 ? '' : progressText(job.progress);
    progress.update(step / Math.max(totalSteps, 1), `${(job.phase || enumText(job.state)).toLowerCase()} ${note}`);
  }
  if (last === undefined) throw new Error(`the server ended the watch of job ${jobId} without a job`);
  progress.done(`job ${jobId} ${enumText(last.state).toLowerCase()}`);
  return last;
}

function epochLine(epoch: EpochMetrics): string {
  const { trainLoss, trainMetrics, validationLoss, validationMetrics, seconds } = epoch;
  const train = `loss ${figure(trainLoss)} ${metricText(trainMetrics[0])}`.trimEnd();
  const validation =
    validationLoss === undefined
      ? 'no validation rows'
      : `validation loss ${figure(validationLoss)} ${metricText(validationMetrics[0])}`.trimEnd();
  return `epoch ${epoch.epoch}: ${train}, ${validation}, ${seconds.toFixed(2)} s`;
}
