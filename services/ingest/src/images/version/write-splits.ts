// The kept images as shards: pixels from the file of decoded images, labels and paths from memory.

import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Column, SPLITS, type SplitName, textValues, writeShard } from '@athanor/data';
import { tensorFromBytes } from '@athanor/tensor';
import { fitInMessage } from '../../tables/rows/class-counter.js';
import type { TableResult } from '../../tables/table-plan.js';
import { rowBytesOf } from '../decoding/decode-archives.js';
import type { StoredForm } from '../decoding/decode-image.js';
import type { PlacedImage } from '../layout/place-images.js';
import type { PixelStatistics } from './pixel-statistics.js';

export interface SplitWork {
  readonly images: readonly PlacedImage[];
  /** Indices of images. */
  readonly rows: Readonly<Record<SplitName, readonly number[]>>;
  readonly form: StoredForm;
  readonly columns: readonly Column[];
  readonly classes: readonly string[];
  readonly partitions: readonly string[];
  readonly pixelFile: string;
  /** Of the import, and the name of that of its result. */
  readonly folder: string;
  readonly name: string;
  readonly statistics: PixelStatistics;
  readonly onRows: (completed: number, total: number) => void;
}

const SHARD_BYTES = 16 * 1024 * 1024;

export async function writeSplits(work: SplitWork): Promise<TableResult['splits']> {
  const { rows, form, folder, name, classes, images } = work;
  const codes = new Map(classes.map((label, code) => [label, code]));
  const perShard = Math.max(1, Math.floor(SHARD_BYTES / rowBytesOf(form)));
  const total = SPLITS.reduce((sum, split) => sum + rows[split].length, 0);
  const pixels = await open(work.pixelFile);
  try {
    let done = 0;
    const written: TableResult['splits'][number][] = [];
    for (const split of SPLITS) {
      const shards: { file: string; rows: number }[] = [];
      for (let begin = 0; begin < rows[split].length; begin += perShard) {
        work.onRows(done, total);
        const part = rows[split].slice(begin, begin + perShard);
        const file = `${name}/${split}-${String(shards.length).padStart(5, '0')}.safetensors`;
        await writeFile(join(folder, file), await toShard(part, { ...work, codes, pixels }));
        shards.push({ file, rows: part.length });
        done += part.length;
      }
      const counts = fitInMessage(classes) ? { classRows: countClasses(rows[split], { images, codes }) } : {};
      written.push({ split, rows: rows[split].length, shards, ...counts });
    }
    return written;
  } finally {
    await pixels.close();
  }
}

function countClasses(
  rows: readonly number[],
  { images, codes }: { readonly images: readonly PlacedImage[]; readonly codes: ReadonlyMap<string, number> },
): number[] {
  const counts = new Array<number>(codes.size).fill(0);
  for (const index of rows) counts[codes.get(images[index]!.label!)!]!++;
  return counts;
}

interface ShardWork extends SplitWork {
  readonly codes: ReadonlyMap<string, number>;
  readonly pixels: FileHandle;
}

async function toShard(part: readonly number[], work: ShardWork): Promise<Uint8Array> {
  const { images, form, columns, codes, partitions, pixels, statistics } = work;
  const rowBytes = rowBytesOf(form);
  const data = new Uint8Array(part.length * rowBytes);
  for (const [row, index] of part.entries()) {
    const { bytesRead } = await pixels.read(data, row * rowBytes, rowBytes, index * rowBytes);
    if (bytesRead !== rowBytes) throw new Error(`expected ${rowBytes} bytes of image ${index}, read ${bytesRead}`);
  }
  statistics.add(data);
  const own = part.map(index => images[index]!);
  const { type } = columns[0]!;
  if (type.kind !== 'vector') throw new TypeError(`expected a column of images first, got ${type.kind}`);
  return writeShard({
    values: [
      { kind: 'vector', tensor: tensorFromBytes(type.dtype, [part.length, ...type.shape], data) },
      { kind: 'category', codes: Int32Array.from(own, ({ label }) => codes.get(label!)!) },
      textValues(own.map(({ path }) => path)),
    ],
    ids: {
      ordinals: Uint32Array.from(own, ({ ordinal }) => ordinal),
      partitions: Uint8Array.from(own, ({ partition }) => partitions.indexOf(partition)),
    },
  });
}
