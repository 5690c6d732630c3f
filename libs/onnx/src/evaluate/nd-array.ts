// The values of the reference implementation: floats of every precision in float64, booleans as 0 and 1, integers exact.

import {
  type DType,
  elementCount,
  fromHalf,
  isFloat,
  isNumeric,
  type Shape,
  type Tensor,
  tensor,
  zeros,
} from '@athanor/tensor';
import { TypeInferenceError } from '../errors.js';

export type Elements = Float64Array | BigInt64Array | BigUint64Array | string[];

export interface NdArray {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Row-major. */
  readonly data: Elements;
}

export interface RealArray extends NdArray {
  readonly data: Float64Array;
}

export const isReal = (dtype: DType): boolean => isFloat(dtype) || dtype === 'BOOL';

/** Zeros, false or empty strings. */
export function emptyElements(dtype: DType, count: number): Elements {
  if (isReal(dtype)) return new Float64Array(count);
  if (dtype === 'BYTES') return new Array<string>(count).fill('');
  return dtype === 'UINT64' ? new BigUint64Array(count) : new BigInt64Array(count);
}

export function realArray(dtype: DType, shape: Shape): RealArray {
  return { dtype, shape, data: new Float64Array(elementCount(shape)) };
}

/** Throws TypeInferenceError for integers and strings. */
export function reals(array: NdArray): Float64Array {
  if (array.data instanceof Float64Array) return array.data;
  throw new TypeInferenceError(`expected floating-point numbers, received ${array.dtype}`);
}

/** The elements of an integer array as numbers: indices, axes, sizes. */
export function integers(array: NdArray): number[] {
  if (array.data instanceof Float64Array || Array.isArray(array.data)) {
    throw new TypeInferenceError(`expected integers, received ${array.dtype}`);
  }
  return Array.from(array.data, Number);
}

/** Copies elements of any kind. */
export function setElement(to: Elements, index: number, from: Elements, source: number): void {
  (to as unknown[])[index] = from[source];
}

export function fromTensor(value: Tensor): NdArray {
  const { dtype, shape } = value;
  if (!isNumeric(value)) return { dtype, shape, data: [...value.data] };
  const numbers =
    value.dtype === 'FP16' || value.dtype === 'BF16' ? Array.from(value.data, HALVES[value.dtype]) : value.data;
  const data = emptyElements(dtype, numbers.length) as Float64Array | BigInt64Array;
  if (data instanceof Float64Array) data.set(numbers as Float64Array);
  else data.set(Array.from(numbers as ArrayLike<number | bigint>, BigInt));
  return { dtype, shape, data };
}

/** Integers and booleans exactly, floats in FP64: the reference is not rounded to the precision of its type. */
export function toTensor({ dtype, shape, data }: NdArray): Tensor {
  if (Array.isArray(data)) return tensor('BYTES', shape, data);
  if (isFloat(dtype)) return tensor('FP64', shape, data as Float64Array);
  if (dtype === 'BOOL') return tensor('BOOL', shape, Uint8Array.from(data as Float64Array));
  if (data instanceof BigUint64Array) return tensor('UINT64', shape, data);
  return tensor('INT64', shape, data as BigInt64Array);
}

/** Integers, booleans and text in a tensor of their own type. Throws TypeInferenceError for floats. */
export function exactTensor({ dtype, shape, data }: NdArray): Tensor {
  if (isFloat(dtype)) throw new TypeInferenceError(`expected integers, booleans or text, received ${dtype}`);
  if (dtype === 'BYTES') return tensor('BYTES', shape, data as string[]);
  const result = zeros(dtype, shape);
  const isWide = result.data instanceof BigInt64Array || result.data instanceof BigUint64Array;
  const elements = result.data as unknown as (number | bigint)[];
  for (let i = 0; i < elements.length; i++) elements[i] = isWide ? BigInt(data[i]!) : Number(data[i]!);
  return result as Tensor;
}

const HALVES = {
  FP16: fromHalf,
  BF16: (bits: number): number => new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!,
};
