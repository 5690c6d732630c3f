import { isSameComponent } from '@athanor/contracts';
import type { EpochMetrics, TrainingJob } from '@athanor/contracts/training';
import { componentText } from '../components/component-text.js';
import { enumText, fields, figure, formatBytes, formatTime, table } from '../output/render.js';
import { evaluationText } from './evaluation.js';
import { metricText } from './metric-text.js';
import { progressText } from './progress-text.js';
import { specFields } from './spec-text.js';

/** A job with its epochs, as `job describe` and `train --wait` show it. */
export function jobText(job: TrainingJob, epochs: readonly EpochMetrics[]): string {
  const { spec, progress, result, attempts, transitions } = job;
  const head = fields([
    ['Job', job.jobId],
    ['Model', job.modelName],
    ['State', [enumText(job.state), job.phase].filter(Boolean).join(', ')],
    ['Error', job.error?.message ?? ''],
    ...specFields(spec),
    ['Progress', progress && progress.totalSteps > 0 ? progressText(progress) : ''],
    ['Memory', progress?.peakMemoryBytes ? `about ${formatBytes(progress.peakMemoryBytes)} for training` : ''],
    ['Created', formatTime(job.createTime)],
    ['Ended', formatTime(job.endTime)],
  ]);
  const attemptRows = attempts.map(each => [
    each.epoch,
    enumText(each.state),
    each.resumedFromStep || '-',
    formatTime(each.startTime),
    each.message,
  ]);
  const transitionRows = transitions.map(each => [
    formatTime(each.time),
    enumText(each.state),
    each.phase,
    each.reason,
    each.message,
  ]);
  const parts = [head, table(['ATTEMPT', 'STATE', 'RESUMED FROM', 'STARTED', 'MESSAGE'], attemptRows)];
  if (epochs.length > 0) parts.push(epochsText(epochs));
  if (result && result.candidates.length > 0) parts.push(candidatesText(result));
  for (const each of [result?.evaluation, ...(result?.otherEvaluations ?? [])])
    if (each) parts.push(evaluationText(each));
  parts.push(table(['TIME', 'STATE', 'PHASE', 'REASON', 'MESSAGE'], transitionRows));
  return parts.join('\n');
}

/** What --model auto compared, on the validation split. */
function candidatesText({ candidates, model }: NonNullable<TrainingJob['result']>): string {
  const rows = candidates.map(each => [
    componentText(each.model),
    each.epochs,
    each.validationMetrics.map(metricText).join(', '),
    isSameComponent(each.model, model) ? 'chosen' : '',
  ]);
  return table(['CANDIDATE', 'EPOCHS', 'VALIDATION', ''], rows);
}

/** Maximum number of epochs in the table. */
const MAX_EPOCHS_SHOWN = 20;

function epochsText(epochs: readonly EpochMetrics[]): string {
  const rows = epochs
    .slice(-MAX_EPOCHS_SHOWN)
    .map(each => [
      each.epoch,
      figure(each.trainLoss),
      metricText(each.trainMetrics[0]) || '-',
      figure(each.validationLoss),
      metricText(each.validationMetrics[0]) || '-',
      each.seconds.toFixed(2),
    ]);
  const earlier = epochs.length - rows.length;
  const note = earlier > 0 ? `The last ${rows.length} of ${epochs.length} epochs; -o json has all of them.\n` : '';
  return note + table(['EPOCH', 'TRAIN LOSS', 'METRIC', 'VALIDATION LOSS', 'METRIC', 'SECONDS'], rows);
}
