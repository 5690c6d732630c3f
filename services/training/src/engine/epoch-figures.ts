import type { BoundTask } from '../tasks/task.js';
import type { Cursor } from './checkpoint.js';
import type { EncodedSplit } from './encoded-split.js';
import { lastLearningRate } from './learning-rates.js';
import { stepsPerEpoch } from './progress.js';
import type { EpochReport } from './reports.js';
import type { TrainingSpec } from './spec.js';

/** What the steps of an epoch measured; the cursor is that after its last step. */
export function epochFigures(
  spec: TrainingSpec,
  { rows, weights }: EncodedSplit,
  { cursor, task }: { readonly cursor: Cursor; readonly task: BoundTask },
): Omit<EpochReport, 'validationLoss' | 'validationMetrics'> {
  const { epoch, stepInEpoch, lossSum, correct, gradientNormSum } = cursor;
  const totalWeight = weights ? (weights.data as Float32Array).reduce((sum, each) => sum + each, 0) : rows;
  const { correctMetric: name } = task;
  const learningRate = lastLearningRate(spec, cursor, stepsPerEpoch(rows, spec));
  return {
    ...{ epoch, trainLoss: lossSum / totalWeight, learningRate },
    trainMetrics: name === undefined ? [] : [{ name, value: correct / rows, smallerIsBetter: false }],
    ...(gradientNormSum !== undefined && { gradientNorm: gradientNormSum / stepInEpoch }),
  };
}
