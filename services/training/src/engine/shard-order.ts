// The order of rows that do not fit into memory: the shards of an epoch are shuffled, and as many of them as fit into the
// shuffle buffer are a window, whose rows are shuffled together. As with a shuffle buffer of tf.data or WebDataset, rows meet
// rows of shards that lie far apart, and every window is read once. All of it is a function of (seed, epoch) and of the sizes
// of the shards, so it is the same on every machine and after a resume.

import { randomWords, STREAM } from './philox.js';
import { permutation } from './row-order.js';

export interface ShardSize {
  readonly rows: number;
  readonly byteSize: number;
}

export interface ShardWindow {
  /** Indices of shards, in their order. */
  readonly shards: readonly number[];
  /** Of its first row in the order of the epoch. */
  readonly begin: number;
  readonly end: number;
}

/** The windows of an epoch in order. A shard that is larger than the buffer is a window of its own. */
export function shardWindows(
  shards: readonly ShardSize[],
  { seed, epoch, bufferBytes }: { readonly seed: number; readonly epoch: number; readonly bufferBytes: number },
): readonly ShardWindow[] {
  const windows: ShardWindow[] = [];
  let window: { shards: number[]; bytes: number; rows: number } = { shards: [], bytes: 0, rows: 0 };
  let begin = 0;
  const close = () => {
    if (window.shards.length === 0) return;
    windows.push({ shards: window.shards, begin, end: begin + window.rows });
    begin += window.rows;
    window = { shards: [], bytes: 0, rows: 0 };
  };
  for (const index of permutation(shards.length, randomWords(seed, STREAM.shardOrder, epoch))) {
    const { rows, byteSize } = shards[index]!;
    if (window.bytes + byteSize > bufferBytes) close();
    window.shards.push(index);
    window.bytes += byteSize;
    window.rows += rows;
  }
  close();
  return windows;
}

/** The order of a window's rows, counted through its shards in their order. */
export function windowOrder(
  { begin, end }: ShardWindow,
  { seed, epoch, index }: { readonly seed: number; readonly epoch: number; readonly index: number },
): Int32Array {
  return permutation(end - begin, randomWords(seed, STREAM.windows + index, epoch));
}
