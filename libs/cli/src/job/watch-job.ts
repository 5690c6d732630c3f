import type { AthanorClient } from '@athanor/client';
import type { EpochMetrics, TrainingJob } from '@athanor/contracts/training';
import { startProgress } from '../output/progress.js';
import { enumText } from '../output/render.js';
import type { Terminal } from '../terminal.js';
import { resumeWatch } from '../watch/resume-watch.js';

export interface WatchJobOptions {
  readonly client: AthanorClient;
  readonly terminal: Terminal;
  readonly jobId: string;
  readonly signal?: AbortSignal;
}

/** Shows a job's progress until it ends, a line for each epoch, and returns it. */
export async function watchJob({ client, terminal, jobId, signal }: WatchJobOptions): Promise<TrainingJob> {
  let lastEpoch = -1;
  let last: TrainingJob | undefined;
  const progress = startProgress(terminal, 'train');
  const open = () => client.training.watchTrainingJob({ jobId });
  for await (const { job, epochs } of resumeWatch(open, { terminal, what: `job ${jobId}`, signal })) {
    // A watch that was opened again begins with all epochs.
    for (const epoch of epochs.filter(each => each.epoch > lastEpoch)) {
      progress.done(epochLine(epoch));
      lastEpoch = epoch.epoch;
    }
    if (job === null) continue;
    last = job;
    const { step = 0, totalSteps = 0, loss = 0 } = job.progress ?? {};
    const note = totalSteps === 0 ? '' : `step ${step}/${totalSteps} loss ${loss.toFixed(4)}`;
    progress.update(step / Math.max(totalSteps, 1), `${(job.phase || enumText(job.state)).toLowerCase()} ${note}`);
  }
  if (last === undefined) throw new Error(`the server ended the watch of job ${jobId} without a job`);
  progress.done(`job ${jobId} ${enumText(last.state).toLowerCase()}`);
  return last;
}

function epochLine(epoch: EpochMetrics): string {
  const { trainLoss, trainAccuracy, validationLoss, validationAccuracy, seconds } = epoch;
  const train = `loss ${trainLoss.toFixed(4)} accuracy ${trainAccuracy.toFixed(4)}`;
  return `epoch ${epoch.epoch}: ${train}, validation loss ${validationLoss.toFixed(4)} accuracy ${validationAccuracy.toFixed(4)}, ${seconds.toFixed(2)} s`;
}
