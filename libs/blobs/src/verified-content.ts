import { BlobError } from './blob-error.js';
import type { BlobRef, BlobSource } from './blob-store.js';
import { finishDigest, startDigest } from './digest.js';

/**
 * Yields `source` from `offset` on, one piece delayed, so that the last piece is returned only after the digest was
 * verified.
 */
export async function* verifiedContent(
  source: AsyncIterable<Uint8Array>,
  expected: BlobRef,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const hash = startDigest();
  let position = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of source) {
    if (held) yield held;
    held = undefined;
    hash.update(chunk);
    const wanted = chunk.subarray(Math.min(chunk.length, Math.max(0, offset - position)));
    position += chunk.length;
    if (position > expected.byteSize) break;
    if (wanted.length > 0) held = wanted;
  }
  const found = finishDigest(hash);
  if (position !== expected.byteSize || found !== expected.digest) throw corrupt(expected, found, position);
  if (held) yield held;
}

function corrupt(expected: BlobRef, found: string, byteSize: number): BlobError {
  const message = `blob ${expected.digest} is corrupt: its ${byteSize} bytes read have digest ${found}; restore it from its source`;
  return new BlobError('corrupt', message, { expected: expected.digest, found });
}

export async function collect(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** The pieces of either kind of source; stops at an abort between pieces. */
export async function* piecesOf(source: BlobSource, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  if (source instanceof Uint8Array) {
    if (source.length > 0) yield source;
    return;
  }
  for await (const chunk of source) {
    signal?.throwIfAborted();
    if (chunk.length > 0) yield chunk;
  }
}
