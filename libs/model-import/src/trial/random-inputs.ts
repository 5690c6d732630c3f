// Finite random inputs for a model about which nothing is known: small numbers, and integers that are likely to be indices.

import { byteSizeOf, type DType, elementCount, type Tensor, tensor, zeros } from '@athanor/tensor';
import type { ImportedTensor } from '../signature.js';

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface InputSizes {
  /** Of the first axis of every input; undefined: it has no special meaning. */
  readonly rows: number | undefined;
  /** Of all other variable axes. */
  readonly other: number;
}

/** Tried in this order for variable axes other than the first. */
export const TRIAL_SIZES = [4, 1, 32, 2, 64, 256];
// A model that needs more at the smallest sizes is not tried.
const MAX_ELEMENTS = 2 ** 26;

/** What is fed to a session: BF16 inputs as FP32. Undefined if the inputs are too large for a trial. */
export function randomInputs(
  inputs: readonly ImportedTensor[],
  { rows, other }: InputSizes,
  random: () => number,
): Record<string, Tensor> | undefined {
  const feeds: Record<string, Tensor> = {};
  for (const { name, datatype, shape } of inputs) {
    const dims = shape.map((size, axis) => (axis === 0 && rows !== undefined ? rows : size < 0 ? other : size));
    if (dims.reduce((product, dim) => product * dim, 1) > MAX_ELEMENTS) return undefined;
    feeds[name] = FILL[datatype](datatype, dims, random);
  }
  return feeds;
}

type Fill = (dtype: DType, dims: readonly number[], random: () => number) => Tensor;

const filled =
  (dtype: 'FP32' | 'FP64' | 'FP16', value: (random: () => number) => number): Fill =>
  (_, dims, random) => {
    const result = zeros(dtype, dims);
    for (let index = 0; index < result.data.length; index++) result.data[index] = value(random);
    return result;
  };

const uniform = (random: () => number): number => 2 * random() - 1;
// Bit patterns of [0.5, 1) with either sign.
const halfBits = (random: () => number): number => (random() < 0.5 ? 0x8000 : 0) | 0x3800 | Math.floor(random() * 1024);

const MAX_INTEGER = 2;
const integers: Fill = (dtype, dims, random) => {
  const result = zeros(dtype as 'INT32' | 'INT64', dims);
  const big = byteSizeOf(dtype) === 8;
  for (let index = 0; index < elementCount(dims); index++) {
    const value = Math.floor(random() * (MAX_INTEGER + 1));
    result.data[index] = (big ? BigInt(value) : value) as never;
  }
  return result;
};

const booleans: Fill = (_, dims, random) =>
  tensor(
    'BOOL',
    dims,
    Uint8Array.from({ length: elementCount(dims) }, () => (random() < 0.5 ? 0 : 1)),
  );

const WORDS = ['free', 'call', 'now', 'the', 'meeting', 'is', 'at', 'noon', 'win', 'a', 'prize', 'today', '42', ''];
const words: Fill = (_, dims, random) =>
  tensor(
    'BYTES',
    dims,
    Array.from({ length: elementCount(dims) }, () =>
      Array.from({ length: 4 }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' '),
    ),
  );

const FILL: { readonly [K in DType]: Fill } = {
  FP32: filled('FP32', uniform),
  FP64: filled('FP64', uniform),
  FP16: filled('FP16', halfBits),
  BF16: filled('FP32', uniform),
  UINT8: integers,
  UINT16: integers,
  UINT32: integers,
  UINT64: integers,
  INT8: integers,
  INT16: integers,
  INT32: integers,
  INT64: integers,
  BOOL: booleans,
  BYTES: words,
};
