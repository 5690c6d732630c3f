import { open } from 'node:fs/promises';
import { FormatError } from '../../formats/rows.js';
import type { UnpackBudget } from '../../tables/sources/unpack.js';
import type { ArchiveEntry } from './archive-entry.js';
import { archiveKindOf } from './archive-kind.js';
import { readTar } from './tar.js';
import { readZip } from './zip.js';

/** Zstandard has blocks of up to 128 KiB, of which one has to be complete. */
const HEAD_BYTES = 256 * 1024;

/** The files of an archive, in its order. Throws FormatError for what is none, or damaged. */
export async function* openArchive(
  path: string,
  options: { readonly filename: string; readonly budget: UnpackBudget },
): AsyncGenerator<ArchiveEntry> {
  const archive = archiveKindOf(await headOf(path));
  if (archive === undefined)
    throw new FormatError(
      `${options.filename}: expected a zip or tar archive of images; pack the folder of images into one`,
    );
  if (archive.kind === 'zip') yield* readZip(path, options);
  else yield* readTar(path, { ...options, compression: archive.compression });
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
