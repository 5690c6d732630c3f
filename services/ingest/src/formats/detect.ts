import { archiveKindOf, unpackHead } from '../images/archives/archive-kind.js';
import { compressionOf } from '../tables/sources/container.js';

/** Zstandard has blocks of up to 128 KiB, of which one has to be complete. */
const HEAD_BYTES = 256 * 1024;

/** What a source is by its first bytes: an IDX file like MNIST's, an archive, or else a table. It may be compressed. */
export async function detectContent(source: AsyncIterable<Uint8Array>): Promise<'idx' | 'archive' | 'table'> {
  const head = await firstBytes(source);
  if (archiveKindOf(head) !== undefined) return 'archive';
  return hasIdxMagic(unpackHead(head, compressionOf(head))) ? 'idx' : 'table';
}

/** Two zero bytes, a type and the number of dimensions (idx.ts). */
function hasIdxMagic([first, second, type = 0, dimensions = 0]: Uint8Array): boolean {
  return first === 0 && second === 0 && type >= 0x08 && type <= 0x0e && dimensions >= 1 && dimensions <= 8;
}

async function firstBytes(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    parts.push(chunk);
    size += chunk.length;
    if (size >= HEAD_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
}
