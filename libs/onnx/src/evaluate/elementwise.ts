import type { DType, Shape } from '@athanor/tensor';
import { TypeInferenceError } from '../errors.js';
import { broadcastDims } from '../operators/dims.js';
import { broadcastPositions } from './indices.js';
import { type Elements, emptyElements, isReal, type NdArray } from './nd-array.js';

/** One formula for floats and booleans, one for integers; without the latter, integers are refused. */
export interface Formula {
  real(...operands: number[]): number;
  integer?(...operands: bigint[]): bigint;
}

const BITS: { readonly [D in DType]?: readonly [bits: number, signed: boolean] } = {
  INT8: [8, true],
  INT16: [16, true],
  INT32: [32, true],
  UINT8: [8, false],
  UINT16: [16, false],
  UINT32: [32, false],
};

/** Wraps an integer around as its type does. */
export function wrap(dtype: DType, value: bigint): bigint {
  const [bits, signed] = BITS[dtype] ?? [64, dtype !== 'UINT64'];
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

export function broadcastShape(inputs: readonly NdArray[]): Shape {
  return inputs.reduce<Shape>((shape, input) => broadcastDims(shape, input.shape) as number[], []);
}

/** Applies a formula to operands that are broadcast together; the result has the type of the first. */
export function elementwise(inputs: readonly NdArray[], formula: Formula): NdArray {
  const { dtype } = inputs[0]!;
  if (isReal(dtype)) return zip(inputs, dtype, formula.real as (...operands: never[]) => unknown);
  const { integer } = formula;
  if (!integer) throw new TypeInferenceError(`expected floating-point numbers, received ${dtype}`);
  return zip(inputs, dtype, (...operands: bigint[]) => wrap(dtype, integer(...operands)));
}

/** Applies a function to elements of any kind that are broadcast together. */
export function zip(inputs: readonly NdArray[], dtype: DType, apply: (...operands: never[]) => unknown): NdArray {
  const shape = broadcastShape(inputs);
  const positions = inputs.map(input => broadcastPositions(input.shape, shape));
  const count = positions[0]!.length;
  const data: Elements = emptyElements(dtype, count);
  for (let i = 0; i < count; i++) {
    const operands = inputs.map((input, operand) => input.data[positions[operand]![i]!]) as never[];
    (data as unknown[])[i] = apply(...operands);
  }
  return { dtype, shape, data };
}
