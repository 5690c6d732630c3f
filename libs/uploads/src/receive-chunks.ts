import type { BlobStore } from '@athanor/blobs';
import type { WriteUploadRequest } from '@athanor/contracts/ingest';
import { crashPoint, ServiceError } from '@athanor/service';
import { commitPart, completeUpload, listParts, resetUpload, type UploadDb, type UploadRow } from './upload-store.js';

/**
 * A part ends at this size, after this time, or when the stream ends for any reason. If the process ends, the client goes
 * on from the end of the last part.
 */
const PART_BYTES = 256 * 1024 * 1024;
const PART_MS = 10_000;
/** A slow stream has no smaller parts than this. */
const MIN_PART_BYTES = 8 * 1024 * 1024;

export interface ReceiveDependencies {
  readonly db: UploadDb;
  readonly blobs: BlobStore;
  /** The service, which names its crash points. */
  readonly service: string;
}

/** Appends a stream's chunks to an upload. Chunks that arrived before a stream broke off are kept. */
export async function receiveChunks(
  upload: UploadRow,
  chunks: AsyncIterable<WriteUploadRequest>,
  { db, blobs, service }: ReceiveDependencies,
): Promise<void> {
  const received = new ReceivedChunks(upload, chunks);
  let offset = upload.committed_offset;
  for (let first = await received.next(); first !== undefined; first = await received.next()) {
    const { digest, byteSize } = await blobs.put(partOf(first, received));
    crashPoint(`${service}.before-part-commit`);
    const part = { upload_id: upload.upload_id, part_offset: offset, byte_size: byteSize, digest };
    await db.transaction().execute(trx => commitPart(trx, part));
    crashPoint(`${service}.after-part`);
    offset += byteSize;
  }
  received.throwIfFailed();
}

async function* partOf(first: Uint8Array, received: ReceivedChunks): AsyncGenerator<Uint8Array> {
  const begun = performance.now();
  let bytes = 0;
  for (let chunk: Uint8Array | undefined = first; chunk !== undefined; chunk = await received.next()) {
    yield chunk;
    bytes += chunk.length;
    const isLate = bytes >= MIN_PART_BYTES && performance.now() - begun > PART_MS;
    if (bytes >= PART_BYTES || isLate) return;
  }
}

/** The chunks of a stream until it ends or fails, so that what came before a failure can be stored. */
class ReceivedChunks {
  readonly #upload: UploadRow;
  readonly #chunks: AsyncIterator<WriteUploadRequest>;
  #bytes: number;
  #failure: { readonly error: unknown } | undefined;

  constructor(upload: UploadRow, chunks: AsyncIterable<WriteUploadRequest>) {
    this.#upload = upload;
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#bytes = upload.committed_offset;
  }

  /** The next bytes, at least one; undefined at the end, and after a failure. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#failure !== undefined) return undefined;
    try {
      for (;;) {
        const { done, value } = await this.#chunks.next();
        if (done === true) return undefined;
        this.#bytes += value.chunk.length;
        if (this.#bytes > this.#upload.byte_size) throw tooMany(this.#upload);
        if (value.chunk.length > 0) return value.chunk;
      }
    } catch (error) {
      this.#failure = { error };
      return undefined;
    }
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** Assembles the parts, if there are several, and checks the digest. If it differs the upload is reset. */
export async function assembleUpload(upload: UploadRow, { db, blobs, service }: ReceiveDependencies): Promise<void> {
  const parts = await listParts(db, upload.upload_id);
  // Another stream of the same upload finished first: nothing left to do.
  if (parts.reduce((sum, part) => sum + part.byte_size, 0) !== upload.byte_size) return;
  const [only] = parts;
  const stored = parts.length === 1 && only !== undefined ? only : await blobs.put(contentOf(parts, blobs));
  const { expected_digest: expected, upload_id: uploadId } = upload;
  if (expected !== '' && expected !== stored.digest) {
    await db.transaction().execute(trx => resetUpload(trx, uploadId));
    const message = `${upload.filename}: expected digest ${expected}, received bytes with ${stored.digest}; the upload begins again at offset 0`;
    throw new ServiceError('INVALID_ARGUMENT', message, { reason: 'CHECKSUM_MISMATCH' });
  }
  crashPoint(`${service}.before-complete`);
  await db.transaction().execute(trx => completeUpload(trx, uploadId, stored.digest));
}

async function* contentOf(parts: readonly { readonly digest: string }[], blobs: BlobStore): AsyncGenerator<Uint8Array> {
  for (const { digest } of parts) yield* blobs.get(digest);
}

function tooMany(upload: UploadRow): ServiceError {
  const message = `${upload.filename}: expected ${upload.byte_size} bytes, received more; announce the right byte_size in a new upload`;
  return new ServiceError('OUT_OF_RANGE', message, { reason: 'TOO_MANY_BYTES' });
}
