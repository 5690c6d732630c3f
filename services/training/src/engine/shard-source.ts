// Rows that are read shard by shard while they are trained: in memory are the encoded rows of one window and the raw ones of
// the next, which is read meanwhile. Labels and weights of all rows stay in memory, a few bytes each.

import { rowsName, TRAIN_INPUTS } from '@athanor/autodiff';
import type { SessionOptions } from '@athanor/runtime';
import {
  byteSizeOf,
  bytesOf,
  elementCount,
  gatherRows,
  type NumericTensor,
  type Tensor,
  tensorFromBytes,
} from '@athanor/tensor';
import { SplitEncoder } from '../features/encode-split.js';
import type { FeatureSet } from '../features/feature-set.js';
import type { RawSplit } from '../features/raw-split.js';
import { type Batches, type BatchSource, type Chunk, stepWeights } from './batch-source.js';
import type { EncodedSplit } from './encoded-split.js';
import { type ShardWindow, shardWindows, windowOrder } from './shard-order.js';
import type { ShardStream } from './training-data.js';

export interface ShardSourceOptions {
  readonly stream: ShardStream;
  /** Labels and weights of all rows, in the order of the shards. */
  readonly split: EncodedSplit;
  readonly features: FeatureSet;
  readonly session: SessionOptions;
  readonly seed: number;
  readonly epochs: number;
  /** Bytes of shards whose rows are shuffled together. */
  readonly bufferBytes: number;
}

interface Position {
  readonly epoch: number;
  readonly index: number;
}

/** The encoded rows of a window. */
interface LoadedWindow extends Position {
  readonly window: ShardWindow;
  /** Of its rows, in the order of training: the part (shard) of each, and the row within it. */
  readonly parts: Uint32Array;
  readonly rows: Uint32Array;
  /** By input, one per part. */
  readonly inputs: ReadonlyMap<string, readonly NumericTensor[]>;
}

interface Reading extends Position {
  readonly shards: Promise<readonly RawSplit[]>;
}

export function shardSource(options: ShardSourceOptions): BatchSource {
  return new ShardSource(options);
}

class ShardSource implements BatchSource {
  readonly rows: number;
  readonly #options: ShardSourceOptions;
  /** Of the first row of each shard. */
  readonly #offsets: readonly number[];
  readonly #encoder: SplitEncoder;
  #plan: { readonly epoch: number; readonly windows: readonly ShardWindow[] } | undefined;
  #loaded: LoadedWindow | undefined;
  #reading: Reading | undefined;
  #isReleased = false;

  constructor(options: ShardSourceOptions) {
    this.#options = options;
    this.#encoder = new SplitEncoder(options.features, options.session);
    this.rows = options.split.rows;
    let offset = 0;
    this.#offsets = options.stream.shards.map(({ rows }) => {
      offset += rows;
      return offset - rows;
    });
  }

  async read(epoch: number, { begin, end, steps }: Chunk): Promise<Batches> {
    const { split } = this.#options;
    const pieces = new Map<string, Uint8Array[]>();
    const rows = new Int32Array(end - begin);
    let types = new Map<string, NumericTensor>();
    for (const [index, window] of this.#windows(epoch).entries()) {
      const [from, to] = [Math.max(begin, window.begin), Math.min(end, window.end)];
      if (from >= to) continue;
      const loaded = await this.#load({ epoch, index });
      const range = { from: from - window.begin, to: to - window.begin };
      rows.set(this.#rowsOf(loaded, range), from - begin);
      types = new Map([...loaded.inputs].map(([name, parts]) => [name, parts[0]!]));
      for (const [name, parts] of loaded.inputs)
        pieces.set(name, [...(pieces.get(name) ?? []), gatherParts(parts, loaded, range)]);
    }
    const shape = [steps, rows.length / steps];
    const feeds: Record<string, Tensor> = { [TRAIN_INPUTS.labels]: gatherRows(split.labels, rows, shape) };
    if (split.weights) feeds[TRAIN_INPUTS.weights] = gatherRows(split.weights, rows, shape);
    for (const [name, { dtype, shape: of }] of types)
      feeds[rowsName(name)] = tensorFromBytes(dtype, [...shape, ...of.slice(1)], joined(pieces.get(name)!));
    return { steps, feeds, weights: stepWeights(split.weights, rows, steps) };
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    await this.#reading?.shards.catch(() => undefined);
    await this.#encoder.release();
  }

  #windows(epoch: number): readonly ShardWindow[] {
    const { stream, seed, bufferBytes } = this.#options;
    if (this.#plan?.epoch !== epoch)
      this.#plan = { epoch, windows: shardWindows(stream.shards, { seed, epoch, bufferBytes }) };
    return this.#plan.windows;
  }

  /** Rows of the data set. */
  #rowsOf({ window, parts, rows }: LoadedWindow, { from, to }: Range): Int32Array {
    return Int32Array.from({ length: to - from }, (_, position) => {
      return this.#offsets[window.shards[parts[from + position]!]!]! + rows[from + position]!;
    });
  }

  async #load(position: Position): Promise<LoadedWindow> {
    if (this.#loaded && isSame(this.#loaded, position)) return this.#loaded;
    const window = this.#windows(position.epoch)[position.index]!;
    const reading = this.#reading && isSame(this.#reading, position) ? this.#reading.shards : this.#read(window);
    // Its memory is that of the next.
    this.#loaded = undefined;
    this.#reading = undefined;
    const raw = await reading;
    const loaded = await this.#encode(position, window, raw);
    this.#loaded = loaded;
    this.#readNext(position);
    return loaded;
  }

  async #read({ shards }: ShardWindow): Promise<readonly RawSplit[]> {
    const read: RawSplit[] = [];
    for (const index of shards) if (!this.#isReleased) read.push(await this.#options.stream.read(index));
    return read;
  }

  #readNext({ epoch, index }: Position): void {
    const isLast = index + 1 === this.#windows(epoch).length;
    const next = isLast ? { epoch: epoch + 1, index: 0 } : { epoch, index: index + 1 };
    if (next.epoch === this.#options.epochs) return;
    const { stream, seed, bufferBytes } = this.#options;
    const windows = isLast ? shardWindows(stream.shards, { seed, ...next, bufferBytes }) : this.#windows(epoch);
    const shards = this.#read(windows[next.index]!);
    // Reported where it is awaited; nobody may, if training ends before.
    shards.catch(() => undefined);
    this.#reading = { ...next, shards };
  }

  async #encode(position: Position, window: ShardWindow, raw: readonly RawSplit[]): Promise<LoadedWindow> {
    const { seed } = this.#options;
    const inputs = new Map<string, NumericTensor[]>();
    for (const split of raw) {
      for (const [name, value] of await this.#encoder.encode(split))
        inputs.set(name, [...(inputs.get(name) ?? []), value]);
    }
    const order = windowOrder(window, { seed, ...position });
    const [partOf, rowOf] = [new Uint32Array(order.length), new Uint32Array(order.length)];
    let first = 0;
    for (const [part, { rows }] of raw.entries()) {
      partOf.fill(part, first, first + rows);
      for (let row = 0; row < rows; row++) rowOf[first + row] = row;
      first += rows;
    }
    const parts = Uint32Array.from(order, row => partOf[row]!);
    const rows = Uint32Array.from(order, row => rowOf[row]!);
    return { ...position, window, parts, rows, inputs };
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function gatherParts(
  values: readonly NumericTensor[],
  { parts, rows }: Pick<LoadedWindow, 'parts' | 'rows'>,
  { from, to }: Range,
): Uint8Array {
  const { dtype, shape } = values[0]!;
  const size = elementCount(shape.slice(1)) * byteSizeOf(dtype);
  const sources = values.map(bytesOf);
  const gathered = new Uint8Array((to - from) * size);
  for (let position = from; position < to; position++) {
    const row = rows[position]!;
    gathered.set(sources[parts[position]!]!.subarray(row * size, (row + 1) * size), (position - from) * size);
  }
  return gathered;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    all.set(piece, offset);
    offset += piece.length;
  }
  return all;
}

function isSame(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.index === b.index;
}
