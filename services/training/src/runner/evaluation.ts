// Reports a trained model's metrics to the service: messages of bounded size, and files for everything that grows with
// classes and rows.
import { canonicalJson } from '@athanor/contracts';
import type { EvaluationInput } from '@athanor/contracts/api';
import { writeSafetensors } from '@athanor/tensor';
import { evaluateModel, findColumn, type Network, type TrainingSpec } from '../engine/index.js';
import { columnOf, type RawSplit } from '../features/raw-split.js';
import { denseConfusion } from '../metrics/classification/confusion-matrix.js';
import type { Details } from '../metrics/details.js';
import { EVALUATION_BATCH } from '../metrics/evaluation-batch.js';
import type { MetricValue } from '../metrics/metric.js';
import { measureSlices, type SliceWork } from '../slices/measure-slices.js';
import type { BoundTask } from '../tasks/task.js';
import type { EvaluatedSplit, LoadedData } from './load-data.js';

/**
 * With more classes, per-class metrics are only in the details file: the confusion matrix of 100 classes has 10,000
 * cells.
 */
const MAX_INLINE_CLASSES = 100;

/** A model, with the rows that it is evaluated on. */
export interface EvaluatedModel {
  readonly data: LoadedData;
  readonly task: BoundTask;
  /** Rows of a run. */
  readonly batchSize: number;
  /** The scores of all rows, row-major [rows, width of the task's scores]. */
  readonly predict: (split: RawSplit) => Promise<Float32Array>;
}

export interface EvaluationWork extends EvaluatedModel {
  readonly targets: readonly string[];
  /** Columns by whose values metrics are computed too. */
  readonly slices: readonly string[];
  readonly writeBlob: (bytes: Uint8Array) => Promise<string>;
  readonly divergence: (split: string) => Error;
  /** Aborted: no further split is evaluated. */
  readonly signal?: AbortSignal;
}

/** A model that was trained here, by the file that will be served. */
export function trainedModel(
  model: Uint8Array,
  data: LoadedData,
  {
    network,
    spec,
  }: { network: Pick<Network, 'columns' | 'task'>; spec: Pick<TrainingSpec, 'cpuThreads' | 'provider'> },
): EvaluatedModel {
  const { columns, task } = network;
  const { cpuThreads, provider } = spec;
  const options = { scores: task.scores, columns, batchSize: EVALUATION_BATCH, cpuThreads, provider };
  return { data, task, batchSize: EVALUATION_BATCH, predict: split => evaluateModel(model, split, options) };
}

/**
 * Evaluates the model on every split of `data.evaluated`, in that order. Throws what `divergence` makes if a prediction
 * is not finite.
 */
export async function evaluateSplits(work: EvaluationWork): Promise<EvaluationInput[]> {
  const evaluations: EvaluationInput[] = [];
  for (const split of work.data.evaluated) {
    if (work.signal?.aborted) break;
    evaluations.push(await evaluateSplit(work, split));
  }
  return evaluations;
}

async function evaluateSplit(work: EvaluationWork, split: EvaluatedSplit): Promise<EvaluationInput> {
  const { data, task, targets, batchSize, writeBlob } = work;
  const scores = await work.predict(split);
  const truth = task.truth(targets.map(name => columnOf(split, findColumn(data, name))));
  const meter = task.startMeter({ details: true });
  meter.add(scores, truth);
  const measured = { metrics: meter.metrics(), details: meter.details() };
  const loss = measured.metrics.find(({ name }) => name === 'loss')?.value;
  if (loss === undefined || !Number.isFinite(loss)) throw work.divergence(split.name);
  const shape = [split.rows, task.scores.width];
  const predictions = writeSafetensors({
    tensors: new Map([[task.scores.output, { dtype: 'FP32', shape, data: scores }]]),
    metadata: {},
  });
  return {
    // The service fills in dataset_digest; it knows the job's dataset version.
    split: split.name,
    rows: split.rows,
    ...toFigures(measured, task.classes),
    slicesDigest: await storeSlices(work, split, { scores, truth }),
    threshold: task.threshold ? { ...task.threshold } : null,
    batchSize,
    predictionsDigest: await writeBlob(predictions),
    detailsDigest: await writeBlob(Buffer.from(canonicalJson(toDetails(measured.details, task.classes)))),
  };
}

/** The digest of the slices file; empty if there are no slices. */
async function storeSlices(
  { data, task, slices, writeBlob }: EvaluationWork,
  split: EvaluatedSplit,
  measured: Pick<SliceWork, 'scores' | 'truth'>,
): Promise<string> {
  if (slices.length === 0) return '';
  const columns = slices.map(name => {
    const column = findColumn(data, name);
    return { column, values: columnOf(split, column), train: columnOf(data.train, column) };
  });
  const content = measureSlices({ ...measured, task, columns });
  return await writeBlob(Buffer.from(canonicalJson(content)));
}

export interface Measured {
  readonly metrics: readonly MetricValue[];
  readonly details: Details;
}

/** The part of bounded size. */
export function toFigures({ metrics, details }: Measured, classes: readonly string[]): EvaluationInput {
  const { perClass, confusion } = details;
  const isInline = perClass !== undefined && classes.length <= MAX_INLINE_CLASSES;
  return {
    metrics: metrics.map(metric => ({ ...metric })),
    classes: isInline ? (toDetails({ perClass }, classes).classes ?? []) : [],
    confusionMatrix: isInline && confusion !== undefined ? denseConfusion(confusion, classes.length) : [],
  };
}

/** The content of the details file (athanor.api.v1.Evaluation.details_digest). */
function toDetails({ perClass, ...details }: Details, classes: readonly string[]) {
  return {
    ...(perClass && { classes: perClass.map((each, index) => ({ className: classes[index] ?? '', ...each })) }),
    ...details,
  };
}
