// Where the rows of training steps come from. A run is fed its own rows only: the order is a function of (seed, epoch), so
// the bits of the result do not depend on how many steps are read at a time.

import { rowsName, TRAIN_INPUTS } from '@athanor/autodiff';
import { gatherRows, type NumericTensor, type Tensor } from '@athanor/tensor';
import type { EncodedSplit } from './encoded-split.js';
import { rowOrder } from './row-order.js';

/** Steps of equal size within one epoch that one run trains, as positions in the epoch's row order. */
export interface Chunk {
  readonly steps: number;
  /** Rows of each step. */
  readonly stepRows: number;
  readonly begin: number;
  readonly end: number;
}

/** The rows of consecutive steps. */
export interface Batches {
  readonly steps: number;
  /** Inputs of the training graph, [steps, rows, …]. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Sum of the rows' weights of each step; their number if all count alike. */
  readonly weights: Float64Array;
}

export interface BatchSource {
  /** Of an epoch. */
  readonly rows: number;
  /** The rows of a chunk of an epoch. */
  read(epoch: number, chunk: Chunk): Promise<Batches>;
  /** Nothing is read ahead from then on. */
  release(): Promise<void>;
}

/** Rows of a split that is in memory. */
export function memorySource(split: EncodedSplit, seed: number): BatchSource {
  const columns: Readonly<Record<string, NumericTensor>> = {
    ...Object.fromEntries([...split.inputs].map(([name, value]) => [rowsName(name), value])),
    [TRAIN_INPUTS.labels]: split.labels,
    ...(split.weights && { [TRAIN_INPUTS.weights]: split.weights }),
  };
  let order: { readonly epoch: number; readonly rows: Int32Array } | undefined;
  return {
    rows: split.rows,
    release: async () => undefined,
    async read(epoch, { begin, end, steps }) {
      if (order?.epoch !== epoch) order = { epoch, rows: rowOrder(split.rows, seed, epoch) };
      const rows = order.rows.subarray(begin, end);
      const feeds = Object.entries(columns).map(([name, column]) => [
        name,
        gatherRows(column, rows, [steps, rows.length / steps]),
      ]);
      return { steps, feeds: Object.fromEntries(feeds), weights: stepWeights(split.weights, rows, steps) };
    },
  };
}

/** Sum of the rows' weights of each step. */
export function stepWeights(weights: NumericTensor | undefined, rows: Int32Array, steps: number): Float64Array {
  const batch = rows.length / steps;
  const sums = new Float64Array(steps);
  if (weights === undefined) return sums.fill(batch);
  const { data } = weights as Tensor<'FP32'>;
  for (const [position, row] of rows.entries()) sums[Math.floor(position / batch)]! += data[row]!;
  return sums;
}
