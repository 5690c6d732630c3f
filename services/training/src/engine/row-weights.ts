import type { NumberValues } from '@athanor/data';
import { type NumericTensor, tensor } from '@athanor/tensor';
import { columnOf } from '../features/raw-split.js';
import type { BoundTask } from '../tasks/task.js';
import type { TrainingSpec } from './spec.js';
import { findColumn, InvalidTrainingData, type TrainingData } from './training-data.js';

/**
 * FP32 [rows] of the training split with a mean of 1: the weight column times the weight of the row's class. Undefined if
 * all rows count alike.
 */
export function rowWeights(
  spec: TrainingSpec,
  data: TrainingData,
  { task, truth }: { readonly task: BoundTask; readonly truth: NumericTensor },
): NumericTensor | undefined {
  const ofClass = task.rowWeights?.(truth);
  const ofColumn = spec.weight === undefined ? undefined : weightColumn(data, spec.weight);
  if (ofClass === undefined && ofColumn === undefined) return undefined;
  const { rows } = data.train;
  const weights = Float64Array.from({ length: rows }, (_, row) => (ofClass?.[row] ?? 1) * (ofColumn?.[row] ?? 1));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / rows;
  if (!(mean > 0 && Number.isFinite(mean)))
    throw new InvalidTrainingData('expected weights with a finite sum above 0 in the training split, got none above 0');
  return tensor(
    'FP32',
    [rows],
    Float32Array.from(weights, weight => weight / mean),
  );
}

function weightColumn(data: TrainingData, name: string): Float64Array {
  const column = findColumn(data, name);
  if (column.type.kind !== 'number')
    throw new InvalidTrainingData(`expected numbers in the weight column '${name}', got a ${column.type.kind}`);
  const values = Float64Array.from((columnOf(data.train, column) as NumberValues).data as ArrayLike<number>, Number);
  const wrong = values.findIndex(weight => !(weight >= 0 && Number.isFinite(weight)));
  if (wrong < 0) return values;
  throw new InvalidTrainingData(
    `expected weights of 0 or more in '${name}', got ${Number.isNaN(values[wrong]) ? 'none' : values[wrong]} in row ${wrong} of the training split`,
  );
}
