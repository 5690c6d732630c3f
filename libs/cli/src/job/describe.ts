import type { Evaluation } from '@athanor/contracts/api';
import type { EpochMetrics, TrainingJob } from '@athanor/contracts/training';
import { enumText, fields, formatTime, table } from '../output/render.js';

export function jobText(job: TrainingJob): string {
  const { spec, progress, result, attempts, transitions } = job;
  const head = fields([
    ['Job', job.jobId],
    ['Model', job.modelName],
    ['State', [enumText(job.state), job.phase].filter(Boolean).join(', ')],
    ['Error', job.error?.message ?? ''],
    ['Dataset', `${spec?.datasetId} v${spec?.datasetVersion}`],
    ['Network', `${spec?.model?.kind} ${spec?.model?.hidden.join('-')}`],
    [
      'Optimizer',
      `${spec?.optimizer?.kind}, learning rate ${spec?.optimizer?.learningRate}, batch ${spec?.batchSize}, ${spec?.epochs} epochs, seed ${spec?.seed}, ${spec?.cpuThreads} threads`,
    ],
    [
      'Progress',
      progress && progress.totalSteps > 0
        ? `step ${progress.step} of ${progress.totalSteps}, loss ${progress.loss.toFixed(4)}`
        : '',
    ],
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
  if (result !== null && result.epochs.length > 0) parts.push(epochsText(result.epochs));
  if (result?.evaluation) parts.push(evaluationText(result.evaluation));
  parts.push(table(['TIME', 'STATE', 'PHASE', 'REASON', 'MESSAGE'], transitionRows));
  return parts.join('\n');
}

export function epochsText(epochs: readonly EpochMetrics[]): string {
  const rows = epochs.map(each => [
    each.epoch,
    each.trainLoss.toFixed(4),
    each.trainAccuracy.toFixed(4),
    each.validationLoss.toFixed(4),
    each.validationAccuracy.toFixed(4),
    each.seconds.toFixed(2),
  ]);
  return table(['EPOCH', 'TRAIN LOSS', 'ACCURACY', 'VALIDATION LOSS', 'ACCURACY', 'SECONDS'], rows);
}

export function metricOf(evaluation: Evaluation, name: string): number {
  return evaluation.metrics.find(metric => metric.name === name)?.value ?? Number.NaN;
}

/** Accuracy, precision, recall and F1, per class and averaged, and the confusion matrix. */
export function evaluationText(evaluation: Evaluation): string {
  const show = (value: number) => value.toFixed(4);
  const rows = evaluation.classes.map(each => [
    each.className,
    show(each.precision),
    show(each.recall),
    show(each.f1),
    each.support,
  ]);
  for (const average of ['macro', 'weighted']) {
    const figures = ['precision', 'recall', 'f1'].map(name => show(metricOf(evaluation, `${name}_${average}`)));
    rows.push([average, ...figures, evaluation.rows]);
  }
  const names = evaluation.classes.map(each => each.className);
  const size = names.length;
  const matrix = names.map((name, row) => [name, ...evaluation.confusionMatrix.slice(row * size, (row + 1) * size)]);
  const head = `On ${evaluation.rows} ${evaluation.split} rows: accuracy ${show(metricOf(evaluation, 'accuracy'))}, loss ${show(metricOf(evaluation, 'loss'))}\n`;
  const confusion = size > 20 ? '' : `\n${table(['TRUE \\ SAID', ...names], matrix)}`;
  return `${head}\n${table(['CLASS', 'PRECISION', 'RECALL', 'F1', 'ROWS'], rows)}${confusion}`;
}
