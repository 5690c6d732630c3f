// The file of a category column's values: safetensors with "bytes" UINT8 (UTF-8) and "offsets" INT64 [entries + 1].

import { type NumericTensor, readSafetensors, type Tensor, tensor, writeSafetensors } from '@athanor/tensor';
import { textAt, textValues } from './column-values.js';

export function writeDictionary(entries: readonly string[]): Uint8Array {
  const { bytes, offsets } = textValues(entries);
  return writeSafetensors({
    tensors: new Map<string, NumericTensor>([
      ['bytes', tensor('UINT8', [bytes.length], bytes)],
      ['offsets', tensor('INT64', [offsets.length], BigInt64Array.from(offsets, BigInt))],
    ]),
  });
}

/** Throws SafetensorsError for anything else. */
export function readDictionary(file: Uint8Array): string[] {
  const { tensors } = readSafetensors(file);
  const bytes = (tensors.get('bytes') as Tensor<'UINT8'>).data;
  const offsets = Float64Array.from((tensors.get('offsets') as Tensor<'INT64'>).data, Number);
  return Array.from({ length: offsets.length - 1 }, (_, row) => textAt({ kind: 'text', bytes, offsets }, row));
}

/** Numbers by value, then text by code units: the same order in every locale and for every order of rows. */
export function compareCategories(a: string, b: string): number {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (x !== y) return x < y ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Text sorts after all numbers. */
function toNumber(name: string): number {
  const number = name === '' ? Number.NaN : Number(name);
  return Number.isFinite(number) ? number : Number.POSITIVE_INFINITY;
}
