import { kMaxLength } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { FormatError } from './rows.js';

const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * The content, unpacked if it is gzipped. A file that unpacks to more than `maxBytes` is refused before it fills
 * memory.
 */
export function maybeGunzip(bytes: Uint8Array, filename: string, maxBytes: number): Uint8Array {
  if (bytes[0] !== GZIP_MAGIC[0] || bytes[1] !== GZIP_MAGIC[1]) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.min(maxBytes, kMaxLength) });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const why = tooLarge
      ? `unpacks to more than the ${maxBytes} bytes allowed`
      : `is damaged: ${(error as Error).message}`;
    throw new FormatError(`${filename}: the gzip file ${why}; compress it again from the original`);
  }
}
