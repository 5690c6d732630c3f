// From a file as uploaded to one that DuckDB can read: unpacked, and text in UTF-8.

import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FormatError } from '../../formats/rows.js';
import { SCRATCH_FOLDER } from '../child-messages.js';
import type { Partition, TableReading, TableSource } from '../table-plan.js';
import { type Compression, compressionOf, isJson, isParquet, markedEncoding, refusedContainer } from './container.js';
import { checkUtf8, decode, isUtf8Name } from './encoding.js';
import { type UnpackBudget, unpack } from './unpack.js';

export interface PreparedSource {
  readonly filename: string;
  readonly partition: Partition;
  /** Absolute, below the folder of the import. */
  readonly path: string;
  readonly format: 'csv' | 'json' | 'parquet';
  readonly compression: Compression;
  readonly encoding: string;
  /** Where a converted copy may be written. */
  readonly copyPath: string;
}

const HEAD_BYTES = 4096;
const READ_BYTES = 1024 * 1024;

export async function prepareSource(
  source: TableSource,
  index: number,
  { folder, reading, budget }: { folder: string; reading: TableReading; budget: UnpackBudget },
): Promise<PreparedSource> {
  const { filename, partition } = source;
  let path = join(folder, source.file);
  let head = await headOf(path);
  if (head.length === 0) throw new FormatError(`${filename}: expected a table, got an empty file; upload it again`);
  const compression = compressionOf(head);
  if (compression !== 'none') {
    const target = join(folder, SCRATCH_FOLDER, `unpacked-${index}`);
    await copy(unpack(readChunks(path), { compression, filename, budget }), target);
    path = target;
    head = await headOf(path);
    if (compressionOf(head) !== 'none')
      throw new FormatError(`${filename}: the file is compressed twice; unpack it once and upload the result`);
  } else {
    await countSize(path, filename, budget);
  }
  const refused = refusedContainer(head);
  if (refused !== undefined) throw new FormatError(`${filename}: expected a table as text or Parquet, got ${refused}`);
  const common = { filename, partition, compression, copyPath: join(folder, SCRATCH_FOLDER, `copy-${index}`) };
  if (isParquet(head)) return { ...common, path, format: 'parquet', encoding: 'binary' };
  const encoding = reading.encoding ?? markedEncoding(head) ?? 'utf-8';
  if (!isUtf8Name(encoding)) {
    const target = join(folder, SCRATCH_FOLDER, `decoded-${index}`);
    await copy(decode(readChunks(path), encoding, filename), target);
    path = target;
    head = await headOf(path);
  }
  await checkUtf8(path, filename);
  return { ...common, path, format: isJson(filename, head) ? 'json' : 'csv', encoding };
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

async function copy(chunks: AsyncIterable<Uint8Array>, target: string): Promise<void> {
  await pipeline(chunks, createWriteStream(target));
}
