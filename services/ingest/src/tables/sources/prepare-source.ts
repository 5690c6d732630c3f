// From a file as uploaded to one that DuckDB can read: unpacked, and text in UTF-8.

import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SCRATCH_FOLDER } from '../../child-process/child-message.js';
import { FormatError } from '../../formats/rows.js';
import type { Partition, TableReading, TableSource } from '../table-plan.js';
import {
  type Compression,
  compressionOf,
  isArrow,
  isBinary,
  isJson,
  isParquet,
  markedEncoding,
  refusedContainer,
} from './container.js';
import { checkUtf8, decode, isUtf8Name } from './encoding.js';
import { cutAfterRecord, measureText } from './sample-end.js';
import type { SourceExtent } from './source-table.js';
import { type UnpackBudget, unpack } from './unpack.js';

export interface PreparedSource {
  readonly filename: string;
  readonly partition: Partition;
  /** Absolute, below the folder of the import. */
  readonly path: string;
  readonly format: 'csv' | 'json' | 'parquet' | 'arrow';
  /** Of the source in the plan. */
  readonly index: number;
  readonly compression: Compression;
  readonly encoding: string;
  /** Where a converted copy may be written. */
  readonly copyPath: string;
  readonly extent?: SourceExtent | undefined;
}

export interface PrepareOptions {
  readonly folder: string;
  readonly reading: TableReading;
  readonly budget: UnpackBudget;
  /** In a plan: what is read of the unpacked source. */
  readonly maxBytes: number | undefined;
}

const HEAD_BYTES = 4096;
const READ_BYTES = 1024 * 1024;

export async function prepareSource(
  source: TableSource,
  index: number,
  { folder, reading, budget, maxBytes }: PrepareOptions,
): Promise<PreparedSource> {
  const { filename, partition, sampled } = source;
  let isCut = sampled?.isCut ?? false;
  let path = join(folder, source.file);
  let head = await headOf(path);
  if (head.length === 0) throw new FormatError(`${filename}: expected a table, got an empty file; upload it again`);
  const compression = compressionOf(head);
  if (compression !== 'none') {
    const target = join(folder, SCRATCH_FOLDER, `unpacked-${index}`);
    const unpacked = unpack(readChunks(path), { compression, filename, budget, isCut });
    isCut = (await copy(unpacked, target, maxBytes)) || isCut;
    path = target;
    head = await headOf(path);
    if (compressionOf(head) !== 'none')
      throw new FormatError(`${filename}: the file is compressed twice; unpack it once and upload the result`);
  } else {
    await countSize(path, filename, budget);
  }
  const refused = refusedContainer(head);
  if (refused !== undefined)
    throw new FormatError(`${filename}: expected a table as text, Parquet or Arrow, got ${refused}`);
  const common = { filename, partition, compression, index, copyPath: join(folder, SCRATCH_FOLDER, `copy-${index}`) };
  if (isCut && isBinary(head)) throw new FormatError(cannotSample(filename));
  if (isParquet(head)) return { ...common, path, format: 'parquet', encoding: 'binary' };
  if (isArrow(head)) return { ...common, path, format: 'arrow', encoding: 'binary' };
  const text = { path, head, isCut, compression, sampled };
  return { ...common, ...(await prepareText(text, { filename, folder, index, reading })) };
}

interface TextFile {
  readonly path: string;
  readonly head: Uint8Array;
  readonly isCut: boolean;
  readonly compression: Compression;
  readonly sampled: TableSource['sampled'];
}

/** Text in UTF-8, checked; cut after a record where its end is missing. */
async function prepareText(
  { path: original, head: begin, isCut, compression, sampled }: TextFile,
  { filename, folder, index, reading }: { filename: string; folder: string; index: number; reading: TableReading },
): Promise<Pick<PreparedSource, 'path' | 'format' | 'encoding' | 'extent'>> {
  let [path, head] = [original, begin];
  const encoding = reading.encoding ?? markedEncoding(head) ?? 'utf-8';
  if (!isUtf8Name(encoding)) {
    const target = join(folder, SCRATCH_FOLDER, `decoded-${index}`);
    await copy(decode(readChunks(path), encoding, { filename, isCut }), target);
    path = target;
    head = await headOf(path);
  }
  const cut = isCut ? await cutAfterRecord(path) : undefined;
  await checkUtf8(path, filename);
  const format = isJson(filename, head) ? 'json' : 'csv';
  if (sampled === undefined) return { path, format, encoding };
  const { bytes, lines } = cut ?? (await measureText(path));
  const isPlain = compression === 'none' && isUtf8Name(encoding);
  const scale = isCut ? (isPlain ? sampled.byteSize / bytes : undefined) : 1;
  return { path, format, encoding, extent: { lines, scale } };
}

function cannotSample(filename: string): string {
  return `${filename}: a plan needs the whole of a compressed Parquet or Arrow file, and this one is large; unpack it, its values are compressed anyway`;
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function countSize(path: string, filename: string, budget: UnpackBudget): Promise<void> {
  const file = await open(path);
  const { size } = await file.stat();
  await file.close();
  budget.usedBytes += size;
  if (budget.usedBytes <= budget.maxBytes) return;
  const message = `the sources have ${budget.usedBytes} bytes, more than the ${budget.maxBytes} allowed`;
  throw new FormatError(`${filename}: ${message}; import fewer rows, or raise the limit of the service`);
}

function readChunks(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: READ_BYTES });
}

/** Copies at most `maxBytes`; whether there were more. */
async function copy(
  chunks: AsyncIterable<Uint8Array>,
  target: string,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  let left = maxBytes;
  let isCut = false;
  const limited = async function* () {
    for await (const chunk of chunks) {
      isCut = chunk.length > left;
      yield chunk.subarray(0, Math.min(chunk.length, left));
      left -= Math.min(chunk.length, left);
      if (isCut) return;
    }
  };
  await pipeline(limited, createWriteStream(target));
  return isCut;
}
