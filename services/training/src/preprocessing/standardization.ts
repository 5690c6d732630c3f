import { type Tensor, tensor } from '@athanor/tensor';
import type { Preprocessing } from './preprocessing.js';

export interface ColumnStatistics {
  readonly mean: Float64Array;
  /** Population standard deviation (divisor N), as scikit-learn's StandardScaler. */
  readonly deviation: Float64Array;
}

/** FP32 [N, d] to (x - mean) / deviation per column; a constant column becomes 0. */
export function standardize(features: Tensor<'FP32'>): Preprocessing {
  const width = features.shape[1]!;
  const { mean, deviation } = columnStatistics(features);
  const means = tensor('FP32', [width], Float32Array.from(mean));
  const factors = tensor(
    'FP32',
    [width],
    Float32Array.from(deviation, value => (value === 0 ? 1 : 1 / value)),
  );
  return {
    row: { dtype: 'FP32', shape: [width] },
    width,
    emit(g, rows) {
      const centred = g.op('Sub', [rows, g.constant(means, 'mean')], { name: 'centred' });
      return g.op('Mul', [centred, g.constant(factors, 'inverse_deviation')], { name: 'standardized' });
    },
  };
}

/** Two passes in float64: first the mean, then the squared distances from it, which avoids cancellation. */
export function columnStatistics({ shape, data }: Tensor<'FP32'>): ColumnStatistics {
  const [rows, width] = shape as [number, number];
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width]! += data[i]!;
  for (let column = 0; column < width; column++) mean[column]! /= rows;
  for (let i = 0; i < data.length; i++) deviation[i % width]! += (data[i]! - mean[i % width]!) ** 2;
  for (let column = 0; column < width; column++) deviation[column] = Math.sqrt(deviation[column]! / rows);
  return { mean, deviation };
}
