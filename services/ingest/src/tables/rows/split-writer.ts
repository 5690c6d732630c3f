// The shards of one split: rows wait in buffers until a shard is full. Which rows a shard has depends on the rows only.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ColumnType, type SplitName, writeShard } from '@athanor/data';
import { type ColumnBuffer, createColumnBuffer, widthOf } from './column-buffer.js';
import type { Block } from './read-blocks.js';

export interface WrittenShard {
  readonly file: string;
  readonly rows: number;
}

const SHARD_BYTES = 16 * 1024 * 1024;
const ID_BYTES = 5;

export class SplitWriter {
  readonly split: SplitName;
  readonly shards: WrittenShard[] = [];
  readonly #folder: { readonly path: string; readonly name: string };
  readonly #buffers: readonly ColumnBuffer[];
  readonly #capacity: number;
  readonly #rowBytes: number;
  readonly #ordinals: Uint32Array;
  readonly #partitions: Uint8Array;
  #length = 0;
  #writing: Promise<void> = Promise.resolve();

  /** `maxRows`: of the whole split. `folder.name` is where result files are in `folder.path`. */
  constructor(
    split: SplitName,
    types: readonly ColumnType[],
    { folder, maxRows }: { folder: { readonly path: string; readonly name: string }; maxRows: number },
  ) {
    this.split = split;
    this.#folder = folder;
    this.#rowBytes = ID_BYTES + types.reduce((sum, type) => sum + widthOf(type), 0);
    this.#capacity = Math.max(1, Math.min(maxRows, Math.floor(SHARD_BYTES / this.#rowBytes)));
    this.#buffers = types.map(type => createColumnBuffer(type, this.#capacity));
    this.#ordinals = new Uint32Array(this.#capacity);
    this.#partitions = new Uint8Array(this.#capacity);
  }

  get rows(): number {
    return this.shards.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Rows are appended in small groups, since a shard also ends when its texts have become large. */
  async append(block: Block, rows: Int32Array): Promise<void> {
    for (let begin = 0; begin < rows.length; ) {
      const count = Math.min(rows.length - begin, this.#capacity - this.#length, GROUP_ROWS);
      const group = rows.subarray(begin, begin + count);
      for (const [index, buffer] of this.#buffers.entries()) buffer.append(block.values[index]!, group, count);
      for (let index = 0; index < count; index++) {
        this.#ordinals[this.#length + index] = block.ids.ordinals[group[index]!]!;
        this.#partitions[this.#length + index] = block.ids.partitions[group[index]!]!;
      }
      this.#length += count;
      begin += count;
      if (this.#isFull()) await this.flush();
    }
  }

  #isFull(): boolean {
    if (this.#length >= this.#capacity) return true;
    const textBytes = this.#buffers.reduce((sum, buffer) => sum + buffer.textBytes, 0);
    return textBytes + this.#length * this.#rowBytes >= SHARD_BYTES;
  }

  /** Writes what is left, and waits until it is on disk. */
  async end(): Promise<void> {
    await this.flush();
    await this.#writing;
  }

  async flush(): Promise<void> {
    if (this.#length === 0) return;
    const length = this.#length;
    const bytes = writeShard({
      values: this.#buffers.map(buffer => buffer.take()),
      ids: { ordinals: this.#ordinals.subarray(0, length), partitions: this.#partitions.subarray(0, length) },
    });
    this.#length = 0;
    const file = `${this.#folder.name}/${this.split}-${String(this.shards.length).padStart(5, '0')}.safetensors`;
    this.shards.push({ file, rows: length });
    await this.#writing;
    this.#writing = writeFile(join(this.#folder.path, file), bytes);
    // Awaited by the next flush; until then a failure is no unhandled one.
    this.#writing.catch(() => undefined);
  }
}

const GROUP_ROWS = 1024;
