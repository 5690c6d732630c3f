import type { DType, Tensor } from '@athanor/tensor';
import { numbersOf } from '../trial/numbers-of.js';

/** Of floating-point numbers: |received - expected| ≤ absolute + relative * |expected|. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

const FLOATS: ReadonlySet<DType> = new Set(['FP16', 'FP32', 'FP64']);

/** The first difference of an output from its record, in words; undefined if there is none. */
export function firstDifference(received: Tensor, expected: Tensor, tolerance: Tolerance): string | undefined {
  const [have, want] = [received, expected].map(({ dtype, shape }) => `${dtype} [${shape.join(',')}]`);
  if (have !== want) return `expected ${want}, received ${have}`;
  const isFloat = FLOATS.has(expected.dtype);
  const [a, b] = isFloat ? [numbersOf(received), numbersOf(expected)] : [received.data, expected.data];
  for (let index = 0; index < b.length; index++) {
    const [x, y] = [a[index]!, b[index]!];
    if (Object.is(x, y) || x === y) continue;
    const allowed = isFloat ? tolerance.absolute + tolerance.relative * Math.abs(Number(y)) : -1;
    const difference = Math.abs(Number(x) - Number(y));
    if (!(Number.isFinite(difference) && difference <= allowed))
      return `expected ${y} at element ${index}, received ${x}`;
  }
  return undefined;
}
