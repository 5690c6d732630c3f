// Reports a trained model's metrics to the service: messages of bounded size, and files for everything that grows with
// classes and rows.
import { canonicalJson } from '@athanor/contracts';
import type { EvaluationInput } from '@athanor/contracts/api';
import { writeSafetensors } from '@athanor/tensor';
import {
  type ClassificationMetrics,
  denseConfusion,
  evaluateModel,
  TrainingDiverged,
  type TrainingSpec,
} from '../engine/index.js';
import type { EvaluatedSplit, LoadedData } from './load-data.js';

/** Rows per evaluation batch. */
const EVALUATION_BATCH = 32;
/**
 * With more classes, per-class metrics are only in the details file: the confusion matrix of 100 classes has 10,000
 * cells.
 */
const MAX_INLINE_CLASSES = 100;

export interface EvaluationWork {
  readonly spec: TrainingSpec;
  readonly data: LoadedData;
  /** The file that will be served. */
  readonly model: Uint8Array;
  readonly writeBlob: (bytes: Uint8Array) => Promise<string>;
}

/**
 * Evaluates the model on every split of `data.evaluated`, in that order. Throws TrainingDiverged if a prediction is not
 * finite.
 */
export async function evaluateSplits(work: EvaluationWork): Promise<EvaluationInput[]> {
  const evaluations: EvaluationInput[] = [];
  for (const split of work.data.evaluated) evaluations.push(await evaluateSplit(work, split));
  return evaluations;
}

async function evaluateSplit(
  { spec, data, model, writeBlob }: EvaluationWork,
  split: EvaluatedSplit,
): Promise<EvaluationInput> {
  const { cpuThreads, provider } = spec;
  const { inputName, classes } = data;
  const options = { inputName, classes: classes.length, batchSize: EVALUATION_BATCH, cpuThreads, provider };
  const { metrics, probabilities } = await evaluateModel(model, split, options);
  if (!Number.isFinite(metrics.loss)) throw TrainingDiverged.ofPredictions(split.name, spec.optimizer.learningRate);
  const shape = [split.labels.length, classes.length];
  const predictions = writeSafetensors({
    tensors: new Map([['probabilities', { dtype: 'FP32', shape, data: probabilities }]]),
    metadata: {},
  });
  return {
    // The service fills in dataset_digest; it knows the job's dataset version.
    split: split.name,
    ...toFigures(metrics, classes),
    batchSize: EVALUATION_BATCH,
    predictionsDigest: await writeBlob(predictions),
    detailsDigest: await writeBlob(Buffer.from(canonicalJson(toDetails(metrics, classes)))),
  };
}

/** The part of bounded size. */
export function toFigures(metrics: ClassificationMetrics, classes: readonly string[]): EvaluationInput {
  const { accuracy, loss, macro, weighted, rows } = metrics;
  const averaged = Object.entries({ macro, weighted }).flatMap(([kind, { precision, recall, f1 }]) => [
    { name: `precision_${kind}`, value: precision },
    { name: `recall_${kind}`, value: recall },
    { name: `f1_${kind}`, value: f1 },
  ]);
  const isInline = classes.length <= MAX_INLINE_CLASSES;
  return {
    rows,
    metrics: [{ name: 'accuracy', value: accuracy }, { name: 'loss', value: loss }, ...averaged],
    classes: isInline ? toDetails(metrics, classes).classes : [],
    confusionMatrix: isInline ? denseConfusion(metrics.confusion, classes.length) : [],
  };
}

/** The content of the details file (athanor.api.v1.Evaluation.details_digest). */
function toDetails({ perClass, confusion }: ClassificationMetrics, classes: readonly string[]) {
  return {
    classes: perClass.map((each, index) => ({ className: classes[index] ?? '', ...each })),
    confusion,
  };
}
