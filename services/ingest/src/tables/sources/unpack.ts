// Unpacks a stream of bytes, counting what comes out, so that a small file that unpacks to a huge one is refused early.

import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { FormatError } from '../../formats/rows.js';
import type { Compression } from './container.js';

export type Chunks = AsyncIterable<Uint8Array>;

/** What the sources of one import may still unpack to. */
export interface UnpackBudget {
  readonly maxBytes: number;
  usedBytes: number;
}

export interface UnpackOptions {
  readonly compression: Compression;
  readonly filename: string;
  readonly budget: UnpackBudget;
  /** Whether the end is missing. */
  readonly isCut?: boolean;
}

export async function* unpack(
  packed: Chunks,
  { compression, filename, budget, isCut = false }: UnpackOptions,
): AsyncGenerator<Uint8Array> {
  const count = (chunk: Uint8Array) => {
    budget.usedBytes += chunk.length;
    if (budget.usedBytes > budget.maxBytes) throw new FormatError(tooLarge(filename, compression, budget));
  };
  try {
    yield* UNPACKERS[compression](packed, count, isCut);
  } catch (error) {
    if (error instanceof FormatError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    const why = `the ${compression} file is damaged: ${(error as Error).message}`;
    throw new FormatError(`${filename}: ${why}; compress it again from the original`, { cause: error });
  }
}

type Count = (chunk: Uint8Array) => void;
type Unpacker = (packed: Chunks, count: Count, isCut: boolean) => AsyncGenerator<Uint8Array>;

const UNPACKERS: Readonly<Record<Compression, Unpacker>> = {
  none: counted,
  gzip: gunzip,
  zstd: unpackZstd,
};

async function* counted(chunks: Chunks, count: Count): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    count(chunk);
    yield chunk;
  }
}

async function* gunzip(packed: Chunks, count: Count, isCut: boolean): AsyncGenerator<Uint8Array> {
  const source = Readable.from(packed);
  const stream = createGunzip(isCut ? { finishFlush: constants.Z_SYNC_FLUSH } : {});
  source.once('error', error => stream.destroy(error));
  yield* counted(source.pipe(stream), count);
}

async function* unpackZstd(packed: Chunks, count: Count, isCut: boolean): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const stream = new Decompress(chunk => {
    count(chunk);
    ready.push(chunk.slice());
  });
  for await (const chunk of packed) {
    stream.push(chunk);
    yield* ready;
    ready = [];
  }
  if (isCut) return;
  stream.push(new Uint8Array(0), true);
  yield* ready;
}

function tooLarge(filename: string, compression: Compression, { maxBytes }: UnpackBudget): string {
  const what = compression === 'none' ? 'has' : `is a ${compression} file that unpacks to`;
  return `${filename}: the file ${what} more than the ${maxBytes} bytes that the sources may have; import fewer rows, or raise the limit of the service`;
}
