import type { OutputRows } from '@athanor/serving';
import { type DType, elementCount, isFloat, type NumericDType, tensorFromBytes } from '@athanor/tensor';
import type { ModelSpec } from '../served-models/model-spec.js';
import { invalidRequest } from './check/request-error.js';

// Triton's classification extension: the best classes of each row as strings "value:index[:label]".

export interface ClassifiedOutput {
  readonly name: string;
  readonly dtype: DType;
  readonly spec: ModelSpec;
}

export function classify(output: OutputRows, count: number, { name, dtype, spec }: ClassifiedOutput): OutputRows {
  if (dtype === 'BYTES' || dtype === 'FP16' || dtype === 'BF16' || dtype === 'BOOL') {
    throw invalidRequest(`output '${name}' is ${dtype}; classification needs numbers`);
  }
  const values = toNumbers(output, dtype);
  const isBatched = spec.maxBatchSize > 0;
  const rows = isBatched ? output.shape[0]! : 1;
  const classes = elementCount(output.shape.slice(isBatched ? 1 : 0));
  const kept = Math.min(count, classes);
  const known = spec.labels.get(name) ?? [];
  const labels = known.length === classes ? known : [];
  const texts: string[] = [];
  for (let row = 0; row < rows; row++) {
    const scores = values.subarray(row * classes, (row + 1) * classes);
    for (const index of bestOf(scores).slice(0, kept)) {
      const value = isFloat(dtype) ? scores[index]!.toFixed(6) : String(scores[index]);
      texts.push([value, index, ...labels.slice(index, index + 1)].join(':'));
    }
  }
  return { shape: isBatched ? [rows, kept] : [kept], data: texts };
}

/** Indices in descending order of value; ties keep their order. */
function bestOf(scores: Float64Array): number[] {
  return Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
}

function toNumbers({ shape, data }: OutputRows, dtype: NumericDType): Float64Array {
  return Float64Array.from(tensorFromBytes(dtype, shape, data as Uint8Array).data as Iterable<number>, Number);
}
