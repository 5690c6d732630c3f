import type { BlobStore } from '@athanor/blobs';
import { type ColumnValues, type ManifestShard, SPLITS, type SplitName, writeShard } from '@athanor/data';
import { tensorFromBytes } from '@athanor/tensor';
import { type RowTable, rowBytes } from '../formats/rows.js';
import { countBytes } from '../statistics/column-statistics.js';
import type { OnPhase } from './prepared-version.js';

/** One row: its table and its index there. */
export interface RowPlace {
  readonly table: number;
  readonly row: number;
}

export interface ImageShards {
  readonly splits: Readonly<Record<SplitName, { readonly rows: number; readonly shards: readonly ManifestShard[] }>>;
  /** Rows by class index. */
  readonly classRows: Readonly<Record<SplitName, readonly number[]>>;
  /** How often each pixel value occurs. */
  readonly pixels: Float64Array;
  readonly rows: number;
}

interface ShardWork {
  readonly tables: readonly RowTable[];
  readonly places: Readonly<Record<SplitName, readonly RowPlace[]>>;
  readonly categories: readonly string[];
  readonly blobs: BlobStore;
  readonly onPhase: OnPhase;
}

const SHARD_BYTES = 16 * 1024 * 1024;

/** Writes each split as shards of about 16 MiB: the column of images, then that of labels. */
export async function writeImageShards({
  tables,
  places,
  categories,
  blobs,
  onPhase,
}: ShardWork): Promise<ImageShards> {
  const total = SPLITS.reduce((sum, split) => sum + places[split].length, 0);
  const codes = new Map(categories.map((name, index) => [name, index]));
  const splits = {} as Record<SplitName, { rows: number; shards: ManifestShard[] }>;
  const classRows = {} as Record<SplitName, number[]>;
  const pixels = new Float64Array(256);
  const rowsPerShard = Math.max(1, Math.floor(SHARD_BYTES / (tables[0]?.bytesPerRow ?? 1)));
  let written = 0;
  for (const split of SPLITS) {
    const rows = places[split];
    const shards: ManifestShard[] = [];
    const counts = new Array<number>(categories.length).fill(0);
    for (let begin = 0; begin < rows.length; begin += rowsPerShard) {
      onPhase('WRITING', written, total);
      const part = rows.slice(begin, begin + rowsPerShard);
      const { bytes, data, labels } = gatherShard(tables, part, codes);
      countBytes(data, pixels);
      for (const label of labels) counts[label]!++;
      const { digest, byteSize } = await blobs.put(bytes);
      shards.push({ digest, byteSize, rows: part.length });
      written += part.length;
    }
    splits[split] = { rows: rows.length, shards };
    classRows[split] = counts;
  }
  return { splits, classRows, pixels, rows: total };
}

function gatherShard(tables: readonly RowTable[], rows: readonly RowPlace[], codes: ReadonlyMap<string, number>) {
  const { type, bytesPerRow, labels: given } = tables[0]!;
  const data = new Uint8Array(rows.length * bytesPerRow);
  const ordinals = new Uint32Array(rows.length);
  const partitions = new Uint8Array(rows.length);
  const labels = new Int32Array(given === undefined ? 0 : rows.length);
  for (const [index, { table, row }] of rows.entries()) {
    const source = tables[table]!;
    data.set(rowBytes(source, row), index * bytesPerRow);
    ordinals[index] = row;
    partitions[index] = table;
    if (given !== undefined) labels[index] = codes.get(source.labels?.[row] ?? '')!;
  }
  const images: ColumnValues = { kind: 'vector', tensor: tensorFromBytes('UINT8', [rows.length, ...type.shape], data) };
  const values = given === undefined ? [images] : [images, { kind: 'category', codes: labels } as const];
  return { bytes: writeShard({ values, ids: { ordinals, partitions } }), data, labels };
}
