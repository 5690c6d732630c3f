import { constants, gunzipSync } from 'node:zlib';

const HEAD_BYTES = 64 * 1024;

/** Whether a source is an IDX file like MNIST's, by its first bytes; it may be gzipped. */
export async function isIdx(source: AsyncIterable<Uint8Array>): Promise<boolean> {
  const head = await firstBytes(source);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  return hasIdxMagic(isGzip ? unpackHead(head) : head);
}

/** Two zero bytes, a type and the number of dimensions (idx.ts). */
function hasIdxMagic([first, second, type = 0, dimensions = 0]: Uint8Array): boolean {
  return first === 0 && second === 0 && type >= 0x08 && type <= 0x0e && dimensions >= 1 && dimensions <= 8;
}

/** The beginning of what was packed; nothing if it is damaged. */
function unpackHead(head: Uint8Array): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * HEAD_BYTES });
  } catch {
    return new Uint8Array(0);
  }
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
