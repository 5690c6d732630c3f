import { crc32 } from 'node:zlib';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { FormatError } from '../../formats/rows.js';
import type { UnpackBudget } from '../../tables/sources/unpack.js';
import { type ArchiveEntry, DamagedEntry, MAX_ENTRY_BYTES, tooLarge } from './archive-entry.js';

/** Deflate packs repeated bytes to a thousandth; files of images, which are packed already, hardly at all. */
const MAX_RATIO = 100;
const MIN_RATIO_BYTES = 1024 * 1024;

/** The files of a zip archive in the order of its directory. Throws FormatError if that is damaged. */
export async function* readZip(
  path: string,
  { filename, budget }: { readonly filename: string; readonly budget: UnpackBudget },
): AsyncGenerator<ArchiveEntry> {
  // Names as bytes, and sizes checked below: otherwise one entry that climbs out of its folder or lies about its size
  // would end the whole archive.
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false };
  const zip = await openPromise(path, options).catch(error => {
    throw damaged(filename, error);
  });
  try {
    for await (const entry of entriesOf(zip, filename)) {
      const name = getFileNameLowLevel(
        entry.generalPurposeBitFlag,
        entry.fileName as unknown as Buffer,
        entry.extraFields,
        false,
      );
      if (!name.endsWith('/')) yield { path: name, read: () => readEntry(zip, entry, budget) };
    }
  } finally {
    zip.close();
  }
}

async function* entriesOf(zip: ZipFile, filename: string): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw error instanceof FormatError ? error : damaged(filename, error as Error);
  }
}

async function readEntry(zip: ZipFile, entry: Entry, budget: UnpackBudget): Promise<Buffer> {
  const { compressedSize, uncompressedSize } = entry;
  if ((entry.generalPurposeBitFlag & 1) !== 0) throw new DamagedEntry('is encrypted');
  if (uncompressedSize > MAX_ENTRY_BYTES) throw tooLarge(uncompressedSize);
  if (uncompressedSize > MIN_RATIO_BYTES && uncompressedSize > MAX_RATIO * compressedSize)
    throw new DamagedEntry(`unpacks from ${compressedSize} to ${uncompressedSize} bytes, as no image does`);
  budget.usedBytes += uncompressedSize;
  if (budget.usedBytes > budget.maxBytes)
    throw new FormatError(
      `the archive unpacks to more than the ${budget.maxBytes} bytes that the sources may have; import fewer images, or raise the limit of the service`,
    );
  const content = await unpack(zip, entry).catch(error => {
    throw new DamagedEntry(`cannot be unpacked: ${(error as Error).message}`, { cause: error });
  });
  if (content.length !== uncompressedSize)
    throw new DamagedEntry(`has not the ${uncompressedSize} bytes that the archive says`);
  if (crc32(content) !== entry.crc32) throw new DamagedEntry('differs from its checksum');
  return content;
}

/** At most one piece more than the archive says. */
async function unpack(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of await zip.openReadStreamPromise(entry)) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    if (size > entry.uncompressedSize) break;
  }
  return Buffer.concat(parts);
}

function damaged(filename: string, error: Error): FormatError {
  return new FormatError(
    `${filename}: the zip archive is damaged or incomplete: ${error.message}; upload the original`,
    { cause: error },
  );
}
