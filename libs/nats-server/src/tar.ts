import { gunzipSync } from 'node:zlib';

const BLOCK_BYTES = 512;
const UNPACKED_LIMIT_BYTES = 256 * 1024 * 1024;

/**
 * Extracts one regular file from a .tar.gz, by its exact name. Names from the archive are never used as paths. Layout
 * of a header: POSIX.1-1988 ustar, name at 0..99, size in octal at 124..135, type at 156.
 */
export function extractTarGzMember(archive: Uint8Array, name: string): Uint8Array {
  const tar = gunzipSync(archive, { maxOutputLength: UNPACKED_LIMIT_BYTES });
  for (let offset = 0; offset + BLOCK_BYTES <= tar.length; ) {
    const header = tar.subarray(offset, offset + BLOCK_BYTES);
    const entryName = textField(header, 0, 100);
    if (entryName === '') break;
    const sizeBytes = Number.parseInt(textField(header, 124, 136), 8);
    const start = offset + BLOCK_BYTES;
    if (!Number.isSafeInteger(sizeBytes) || start + sizeBytes > tar.length) {
      throw new Error(`the archive is truncated inside ${entryName}`);
    }
    const isFile = header[156] === 0 || header[156] === 0x30;
    if (isFile && entryName === name) return tar.subarray(start, start + sizeBytes);
    offset = start + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
  throw new Error(`the archive has no file ${name}`);
}

function textField(header: Buffer, start: number, end: number): string {
  const text = header.toString('latin1', start, end);
  const nul = text.indexOf('\0');
  return (nul === -1 ? text : text.slice(0, nul)).trim();
}
