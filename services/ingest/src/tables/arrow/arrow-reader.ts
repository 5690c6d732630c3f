// Record batches of an Arrow IPC file or stream, one at a time. The codecs of compressed buffers are those of the format.

import { open } from 'node:fs/promises';
import type { RecordBatch, Schema } from 'apache-arrow';
import { decompress } from 'fzstd';
import { FormatError } from '../../formats/rows.js';

export interface ArrowFile {
  readonly schema: Schema;
  batches(): AsyncGenerator<RecordBatch>;
  close(): Promise<void>;
}

/** Of one record batch, which is read into memory. */
const MAX_BATCH_BYTES = 512 * 1024 * 1024;

/** Throws FormatError for a record batch that is too large; other errors are those of a damaged file. */
export async function openArrowFile(path: string, filename: string): Promise<ArrowFile> {
  const arrow = await loadArrow();
  const file = await open(path);
  try {
    const reader = await arrow.RecordBatchReader.from(file);
    await reader.open();
    expectBatches(reader.footer, filename);
    return {
      schema: reader.schema,
      batches: async function* () {
        for await (const batch of reader) yield batch;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Loaded on demand: most imports are of other formats. */
async function loadArrow() {
  const [arrow, lz4] = await Promise.all([import('apache-arrow'), import('lz4-napi')]);
  const { compressionRegistry, CompressionType } = arrow;
  const bufferOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  compressionRegistry.set(CompressionType.LZ4_FRAME, {
    decode: bytes => aligned(lz4.decompressFrameSync(bufferOf(bytes))),
  });
  compressionRegistry.set(CompressionType.ZSTD, { decode: bytes => aligned(decompress(bytes)) });
  return arrow;
}

/** Values are read as typed arrays, which begin at a multiple of eight. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}

interface Footer {
  readonly numRecordBatches: number;
  getRecordBatch(index: number): { readonly bodyLength: number | bigint } | null;
}

/** A stream has no footer. */
function expectBatches(footer: Footer | null | undefined, filename: string): void {
  for (let index = 0; index < (footer?.numRecordBatches ?? 0); index++) {
    const bytes = Number(footer?.getRecordBatch(index)?.bodyLength ?? 0);
    if (bytes <= MAX_BATCH_BYTES) continue;
    const message = `expected record batches of at most ${MAX_BATCH_BYTES} bytes, got one of ${bytes}`;
    throw new FormatError(`${filename}: ${message}; write it with smaller ones, for example max_chunksize=1_000_000`);
  }
}
