import { TypeInferenceError } from '../../errors.js';
import type { Elements, NdArray } from '../../evaluate/nd-array.js';
import { oneOf } from '../attribute-specs.js';

export const reductionAttribute = oneOf('none', 'add', 'mul', 'max', 'min');

type ReductionName = 'none' | 'add' | 'mul' | 'max' | 'min';
type Real = (a: number, b: number) => number;

const COMBINE: { readonly [K in ReductionName]: Real } = {
  none: (_, b) => b,
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  max: (a, b) => (a > b ? a : b),
  min: (a, b) => (a < b ? a : b),
};

/** A copy whose elements are replaced by, or combined with, others one after the other. */
export function scattered(
  data: NdArray,
  reduction: ReductionName,
  write: (put: (to: number, from: Elements, source: number) => void) => void,
): NdArray {
  if (reduction !== 'none' && Array.isArray(data.data))
    throw new TypeInferenceError(`strings cannot be combined by ${reduction}`);
  const copy = data.data.slice() as Elements;
  // The operators of numbers and of big integers are written alike.
  const combine = COMBINE[reduction] as (a: unknown, b: unknown) => unknown;
  write((to, from, source) => {
    (copy as unknown[])[to] = combine(copy[to], from[source]);
  });
  return { ...data, data: copy };
}
