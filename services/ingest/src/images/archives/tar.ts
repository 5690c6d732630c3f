import { createReadStream } from 'node:fs';
import { ReadableStream } from 'node:stream/web';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { FormatError } from '../../formats/rows.js';
import type { Compression } from '../../tables/sources/container.js';
import { type UnpackBudget, unpack } from '../../tables/sources/unpack.js';
import { type ArchiveEntry, DamagedEntry, MAX_ENTRY_BYTES, tooLarge } from './archive-entry.js';

export interface TarOptions {
  readonly filename: string;
  readonly compression: Compression;
  readonly budget: UnpackBudget;
}

/** The files of a tar archive in its order. Throws FormatError if it is damaged, after the entries before that. */
export async function* readTar(path: string, options: TarOptions): AsyncGenerator<ArchiveEntry> {
  const { filename } = options;
  const bytes = ReadableStream.from(unpack(createReadStream(path, { highWaterMark: READ_BYTES }), options));
  const decoder = createTarDecoder({ strict: true });
  try {
    for await (const entry of bytes.pipeThrough(decoder as Parameters<typeof bytes.pipeThrough>[0])) {
      const { header, body } = entry as unknown as ParsedTarEntry;
      let isRead = false;
      const read = () => {
        isRead = true;
        return readEntry(header, body as ReadableStream<Uint8Array>).catch(error => {
          throw error instanceof DamagedEntry ? error : damaged(filename, error);
        });
      };
      if (header.type !== 'directory') yield { path: header.name, read };
      if (!isRead) await body.cancel();
    }
  } catch (error) {
    throw damaged(filename, error as Error);
  }
}

/** Errors of the file system are not the archive's. */
function damaged(filename: string, error: Error): Error {
  if (error instanceof FormatError || (error as NodeJS.ErrnoException).syscall !== undefined) return error;
  const why = `the tar archive is damaged or incomplete: ${error.message}`;
  return new FormatError(`${filename}: ${why}; upload the original`, { cause: error });
}

const READ_BYTES = 1024 * 1024;

async function readEntry({ type, size }: ParsedTarEntry['header'], body: ReadableStream<Uint8Array>): Promise<Buffer> {
  const isFile = type === undefined || type === 'file';
  if (!isFile || size > MAX_ENTRY_BYTES) await body.cancel();
  if (!isFile) throw new DamagedEntry(`is a ${type}, not a file`);
  if (size > MAX_ENTRY_BYTES) throw tooLarge(size);
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}
