import type { AthanorClient } from '@athanor/client';
import { collectChunks } from '@athanor/client/paging';
import type { ClassMetrics, Evaluation, Metric } from '@athanor/contracts/api';
import type { ModelVersion } from '@athanor/contracts/registry';
import type { TrainingJob } from '@athanor/contracts/training';
import { figure, table } from '../output/render.js';
import { metricText } from './metric-text.js';
import { type SliceMetrics, slicesText } from './slices-text.js';

/** An evaluation with what its files have. */
export interface DetailedEvaluation extends Evaluation {
  readonly slices?: readonly SliceMetrics[];
}

export function metricOf(evaluation: Evaluation, name: string): number | undefined {
  return evaluation.metrics.find(metric => metric.name === name)?.value;
}

/** With more classes only the worst of them are shown, without the matrix. */
const MAX_CLASSES_SHOWN = 20;
const WORST_SHOWN = 10;

/** All metrics; of a classification those of each class and the confusion matrix too. */
export function evaluationText(evaluation: DetailedEvaluation): string {
  const { classes, metrics, rows, split } = evaluation;
  const shown = classes.length === 0 ? metrics : metrics.filter(isOfAllClasses);
  const head = `On ${rows} ${split} rows: ${shown.map(metricText).join(', ')}\n`;
  const details = classes.length === 0 ? '' : `\n${classesText(evaluation)}`;
  return `${head}${thresholdText(evaluation)}${details}${slicesText(evaluation.slices ?? [], metrics)}`;
}

/** A threshold that was asked for or chosen. */
function thresholdText({ threshold }: Evaluation): string {
  if (!threshold || (threshold.source === 'given' && threshold.value === 0.5)) return '';
  return `Predicted from a probability of ${figure(threshold.value)} on (${threshold.source})\n`;
}

// Averages over the classes are rows of the table of classes; micro averages are the accuracy.
const AVERAGED = /^(precision|recall|f1)_(micro|macro|weighted)$/;

function isOfAllClasses({ name }: Metric): boolean {
  return !AVERAGED.test(name);
}

function classesText(evaluation: Evaluation): string {
  const { classes } = evaluation;
  const isSmall = classes.length <= MAX_CLASSES_SHOWN;
  const shown = isSmall ? classes : classes.toSorted((a, b) => a.f1 - b.f1).slice(0, WORST_SHOWN);
  const rows = shown.map(each => [
    each.className,
    figure(each.precision),
    figure(each.recall),
    figure(each.f1),
    each.support,
  ]);
  for (const average of ['macro', 'weighted']) {
    const figures = ['precision', 'recall', 'f1'].map(name => figure(metricOf(evaluation, `${name}_${average}`)));
    rows.push([average, ...figures, evaluation.rows]);
  }
  const worst = isSmall ? '' : `The ${shown.length} of ${classes.length} classes with the lowest F1:\n`;
  const figures = table(['CLASS', 'PRECISION', 'RECALL', 'F1', 'ROWS'], rows);
  return `${worst}${figures}${isSmall ? confusionText(evaluation) : ''}`;
}

function confusionText({ classes, confusionMatrix }: Evaluation): string {
  const names = classes.map(each => each.className);
  const size = names.length;
  if (confusionMatrix.length !== size * size || size === 0) return '';
  const matrix = names.map((name, row) => [name, ...confusionMatrix.slice(row * size, (row + 1) * size)]);
  return `\n${table(['TRUE \\ SAID', ...names], matrix)}`;
}

/** The job with the metrics of every class, which are in a file if there are many classes, and of slices. */
export async function withJobDetails(client: AthanorClient, job: TrainingJob): Promise<TrainingJob> {
  const { jobId, result } = job;
  if (result === null) return job;
  const read = (digest: string) => collectChunks(client.training.readJobArtifact({ jobId, digest }));
  const evaluation = result.evaluation && (await withDetails(result.evaluation, read));
  const otherEvaluations = await Promise.all(result.otherEvaluations.map(each => withDetails(each, read)));
  return { ...job, result: { ...result, evaluation, otherEvaluations } };
}

/** The version with the metrics of every class and of slices. */
export async function withVersionDetails(client: AthanorClient, version: ModelVersion): Promise<ModelVersion> {
  const { digest: versionDigest, evaluations } = version;
  const read = (fileDigest: string) => collectChunks(client.registry.readModelFile({ versionDigest, fileDigest }));
  return { ...version, evaluations: await Promise.all(evaluations.map(each => withDetails(each, read))) };
}

async function withDetails(
  evaluation: Evaluation,
  read: (digest: string) => Promise<Buffer>,
): Promise<DetailedEvaluation> {
  const { slicesDigest = '' } = evaluation;
  const classes = await readClasses(evaluation, read);
  if (slicesDigest === '') return { ...evaluation, classes };
  const { slices } = JSON.parse((await read(slicesDigest)).toString('utf8')) as { slices: SliceMetrics[] };
  return { ...evaluation, classes, slices };
}

async function readClasses(
  { classes: inline, detailsDigest }: Evaluation,
  read: (digest: string) => Promise<Buffer>,
): Promise<ClassMetrics[]> {
  if (inline.length > 0 || detailsDigest === '') return inline;
  // Only a classification has classes.
  const { classes = [] } = JSON.parse((await read(detailsDigest)).toString('utf8')) as { classes?: ClassMetrics[] };
  return classes;
}
