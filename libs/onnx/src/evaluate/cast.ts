import { type DType, elementCount } from '@athanor/tensor';
import { wrap } from './elementwise.js';
import { emptyElements, isReal, type NdArray } from './nd-array.js';

/** Floats to integers towards zero, numbers to booleans by comparison with 0; floats keep float64 whatever their type. */
export function castElements(x: NdArray, to: DType): NdArray {
  const data = emptyElements(to, elementCount(x.shape)) as unknown[];
  const convert = converter(x.dtype, to);
  for (let i = 0; i < data.length; i++) data[i] = convert(x.data[i]!);
  return { dtype: to, shape: x.shape, data: data as never };
}

function converter(from: DType, to: DType): (value: number | bigint | string) => unknown {
  if (to === from) return value => value;
  if (to === 'BYTES') return String;
  if (to === 'BOOL') return value => (Number(value) === 0 ? 0 : 1);
  if (isReal(to)) return Number;
  return value => wrap(to, typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value))));
}
