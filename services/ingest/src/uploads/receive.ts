import type { BlobStore } from '@athanor/blobs';
import type { WriteUploadRequest } from '@athanor/contracts/ingest';
import { crashPoint, ServiceError } from '@athanor/service';
import { commitPart, completeUpload, type Db, listParts, resetUpload, type UploadRow } from '../store/uploads.js';

/** Pieces are stored when they reach this size, or when the stream ends for any reason. */
const PART_BYTES = 8 * 1024 * 1024;

export interface ReceiveDependencies {
  readonly db: Db;
  readonly blobs: BlobStore;
}

/** Appends a stream's chunks to an upload. Chunks that arrived before a stream broke off are kept. */
export async function receiveChunks(
  upload: UploadRow,
  chunks: AsyncIterable<WriteUploadRequest>,
  { db, blobs }: ReceiveDependencies,
): Promise<void> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let offset = upload.committed_offset;
  const flush = async () => {
    if (pendingBytes === 0) return;
    const { digest, byteSize } = await blobs.put(Buffer.concat(pending, pendingBytes));
    crashPoint('ingest.before-part-commit');
    const part = { upload_id: upload.upload_id, part_offset: offset, byte_size: byteSize, digest };
    await db.transaction().execute(trx => commitPart(trx, part));
    crashPoint('ingest.after-part');
    offset += byteSize;
    pending = [];
    pendingBytes = 0;
  };
  try {
    for await (const { chunk } of chunks) {
      if (offset + pendingBytes + chunk.length > upload.byte_size) throw tooMany(upload);
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes >= PART_BYTES) await flush();
    }
  } catch (error) {
    await flush();
    throw error;
  }
  await flush();
}

/** Assembles the pieces and checks the digest. If it differs the upload is reset. */
export async function assembleUpload(upload: UploadRow, { db, blobs }: ReceiveDependencies): Promise<void> {
  const parts = await listParts(db, upload.upload_id);
  // Another stream of the same upload finished first: nothing left to do.
  if (parts.reduce((sum, part) => sum + part.byte_size, 0) !== upload.byte_size) return;
  const stored = await blobs.put(
    (async function* () {
      for (const part of parts) yield* blobs.get(part.digest);
    })(),
  );
  const { expected_digest: expected, upload_id: uploadId } = upload;
  if (expected !== '' && expected !== stored.digest) {
    await db.transaction().execute(trx => resetUpload(trx, uploadId));
    const message = `${upload.filename}: expected digest ${expected}, received bytes with ${stored.digest}; the upload begins again at offset 0`;
    throw new ServiceError('INVALID_ARGUMENT', message, { reason: 'CHECKSUM_MISMATCH' });
  }
  crashPoint('ingest.before-complete');
  await db.transaction().execute(trx => completeUpload(trx, uploadId, stored.digest));
}

function tooMany(upload: UploadRow): ServiceError {
  const message = `${upload.filename}: expected ${upload.byte_size} bytes, received more; announce the right byte_size in a new upload`;
  return new ServiceError('OUT_OF_RANGE', message, { reason: 'TOO_MANY_BYTES' });
}
