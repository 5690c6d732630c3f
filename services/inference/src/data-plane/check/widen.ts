// Columns of numbers are FP64 or INT64 whatever width a client has them in: a value is taken if it keeps its number.

import { bytesOf, type DType, type NumericDType, tensorFromBytes } from '@athanor/tensor';
import type { ElementsPlace } from './elements-place.js';
import { invalidInference } from './request-error.js';

const SMALL_INTEGERS = ['INT8', 'INT16', 'INT32', 'UINT8', 'UINT16', 'UINT32'] as const;
const WIDENED: { readonly [D in DType]?: readonly NumericDType[] } = {
  FP64: [...SMALL_INTEGERS, 'FP32', 'INT64', 'UINT64'],
  INT64: SMALL_INTEGERS,
};

/** The datatype that was sent, if its numbers can become the model's; other differences are refused as Triton does. */
export function widenedFrom(sent: string, expected: DType): NumericDType | undefined {
  return WIDENED[expected]?.find(each => each === sent);
}

/** `bytes`: elements of the datatype `from`. Refuses 64-bit integers that FP64 would round. */
export function widen(bytes: Uint8Array, from: NumericDType, place: ElementsPlace): Uint8Array {
  const shape = [place.shape.reduce((product, size) => product * size, 1)];
  const { data } = tensorFromBytes(from, shape, bytes);
  if (place.spec.dtype === 'INT64') {
    const values = BigInt64Array.from(data as ArrayLike<number>, value => BigInt(value));
    return bytesOf({ dtype: 'INT64', shape, data: values });
  }
  const values = Float64Array.from(data as ArrayLike<number | bigint>, Number);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) refuseRounded(data, values, place);
  return bytesOf({ dtype: 'FP64', shape, data: values });
}

function refuseRounded(sent: BigInt64Array | BigUint64Array, values: Float64Array, place: ElementsPlace): void {
  const index = values.findIndex((value, element) => BigInt(value) !== sent[element]);
  if (index < 0) return;
  const { spec, id, model } = place;
  const where = `element ${index} of input '${spec.name}' for model '${model}'`;
  throw invalidInference(id, `expected an integer that FP64 has exactly in ${where}, got ${sent[index]}`);
}
