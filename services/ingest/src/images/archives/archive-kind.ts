// What kind of archive a file is, by its first bytes.

import { constants, gunzipSync } from 'node:zlib';
import { Decompress } from 'fzstd';
import { type Compression, compressionOf } from '../../tables/sources/container.js';

export type ArchiveKind =
  | { readonly kind: 'zip' }
  | { readonly kind: 'tar'; readonly compression: Compression }
  | undefined;

const ZIP = [0x50, 0x4b, 3, 4];
const EMPTY_ZIP = [0x50, 0x4b, 5, 6];
const NAME_AT = 30;
/** First entries of documents that are zip archives: Office, OpenDocument. */
const DOCUMENT = /^(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/|mimetype)/;
/** "ustar" in the first header (POSIX.1-1988 and GNU). */
const TAR_MAGIC_AT = 257;
/** Of a file that is damaged further on, the beginning still says what it was. */
const GZIP_HEAD_BYTES = 4 * 1024;
const MAX_HEAD_BYTES = 16 * 1024 * 1024;

/** Undefined if it is none, or a document that only happens to be a zip archive. */
export function archiveKindOf(head: Uint8Array): ArchiveKind {
  if (startsWith(head, ZIP)) return DOCUMENT.test(textAt(head, NAME_AT, 32)) ? undefined : { kind: 'zip' };
  if (startsWith(head, EMPTY_ZIP)) return undefined;
  const compression = compressionOf(head);
  const isTar = textAt(unpackHead(head, compression), TAR_MAGIC_AT, 5) === 'ustar';
  return isTar ? { kind: 'tar', compression } : undefined;
}

/** The beginning of what was packed; nothing if it is damaged. */
export function unpackHead(head: Uint8Array, compression: Compression): Uint8Array {
  try {
    if (compression === 'gzip')
      return gunzipSync(head.subarray(0, GZIP_HEAD_BYTES), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_HEAD_BYTES,
      });
    return compression === 'zstd' ? unpackZstdHead(head) : head;
  } catch {
    return new Uint8Array(0);
  }
}

function unpackZstdHead(head: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  new Decompress(part => void parts.push(part.slice())).push(head);
  return Buffer.concat(parts);
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

function textAt(bytes: Uint8Array, from: number, length: number): string {
  return Buffer.from(bytes.subarray(from, from + length)).toString('latin1');
}
