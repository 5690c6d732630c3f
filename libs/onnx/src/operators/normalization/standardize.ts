import { elementCount } from '@athanor/tensor';
import { broadcastPositions } from '../../evaluate/indices.js';
import { type NdArray, type RealArray, realArray, reals } from '../../evaluate/nd-array.js';
import { type Reduction, reduce } from '../../evaluate/reduce.js';

export interface Moments {
  readonly mean: NdArray;
  /** Of the population: divided by n. */
  readonly variance: NdArray;
}

const average = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const MEAN: Reduction = { real: average };
const MEAN_SQUARE: Reduction = { real: values => average(values.map(x => x * x)) };
const VARIANCE: Reduction = {
  real(values) {
    const mean = average(values);
    return average(values.map(x => (x - mean) ** 2));
  },
};

/** Along axes, which are kept with size 1. */
export function moments(x: NdArray, axes: readonly number[]): Moments {
  return { mean: reduce(x, axes, true, MEAN), variance: reduce(x, axes, true, VARIANCE) };
}

export function meanSquare(x: NdArray, axes: readonly number[]): NdArray {
  return reduce(x, axes, true, MEAN_SQUARE);
}

/** A formula of each element of `x` and of arrays that are broadcast to it. */
export function combine(
  x: NdArray,
  others: readonly NdArray[],
  formula: (x: number, ...o: number[]) => number,
): RealArray {
  const result = realArray(x.dtype, x.shape);
  const values = reals(x);
  const operands = others.map(other => ({ data: reals(other), positions: broadcastPositions(other.shape, x.shape) }));
  for (let i = 0; i < elementCount(x.shape); i++) {
    result.data[i] = formula(values[i]!, ...operands.map(({ data, positions }) => data[positions[i]!]!));
  }
  return result;
}

/** A vector of one number per channel, to be broadcast to [N, C, …]. */
export function perChannel(vector: NdArray, rank: number): NdArray {
  return { ...vector, shape: [elementCount(vector.shape), ...new Array<number>(rank - 2).fill(1)] };
}

/** (x - mean)/√(variance + ε) · scale + bias */
export function normalized(x: NdArray, { mean, variance }: Moments, affine: Affine): RealArray {
  const { epsilon, scale, bias } = affine;
  return combine(
    x,
    [mean, variance, scale, bias],
    (value, m, v, s, b) => ((value - m!) / Math.sqrt(v! + epsilon)) * s! + b!,
  );
}

interface Affine {
  readonly epsilon: number;
  readonly scale: NdArray;
  readonly bias: NdArray;
}

export function scalarArray(dtype: NdArray['dtype'], value: number): NdArray {
  return { dtype, shape: [], data: Float64Array.of(value) };
}

/** The axes from `axis` to the last one. */
export function trailingAxes(rank: number, axis: number): number[] {
  return Array.from({ length: rank - axis }, (_, index) => axis + index);
}
