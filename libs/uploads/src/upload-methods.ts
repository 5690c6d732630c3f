import { randomBytes } from 'node:crypto';
import type { BlobStore } from '@athanor/blobs';
import type { ServiceImplementation } from '@athanor/contracts';
import type { CreateUploadRequest, UploadInput, WriteUploadRequest } from '@athanor/contracts/ingest';
import { isDatabaseError } from '@athanor/database';
import {
  type CallContext,
  checkSameRequest,
  type FieldViolation,
  invalidFields,
  notFound,
  requestFingerprint,
  ServiceError,
} from '@athanor/service';
import type { Kysely } from 'kysely';
import { assembleUpload, receiveChunks } from './receive-chunks.js';
import {
  findUpload,
  findUploadByRequest,
  findUploads,
  insertUpload,
  reopenUpload,
  type UploadDb,
  type UploadRow,
} from './upload-store.js';
import type { UploadTables } from './upload-tables.js';

/** Every service with uploads has these RPCs, with messages of the same fields. */
export type UploadMethods = Pick<
  ServiceImplementation<'ingest', CallContext>,
  'createUpload' | 'writeUpload' | 'getUpload'
>;

export interface UploadDependencies<DB extends UploadTables> {
  readonly db: Kysely<DB>;
  readonly blobs: BlobStore;
  readonly maxUploadBytes: number;
  /** Name of the service, for its crash points. */
  readonly service: string;
  /** What is wrong with an empty file, for example "an empty file has no rows". */
  readonly whyNotEmpty: string;
}

const FILENAME = /^\P{Cc}{1,255}$/u;

export function uploadMethods<DB extends UploadTables>(dependencies: UploadDependencies<DB>): UploadMethods {
  const { blobs, service } = dependencies;
  const db = dependencies.db as unknown as UploadDb;
  async function openAgainIfLost(upload: UploadRow): Promise<UploadRow> {
    if (upload.state !== 'STATE_COMPLETE' || (await blobs.stat(upload.digest)) !== undefined) return upload;
    return await reopenUpload(db, upload);
  }
  return {
    async createUpload(request, { tenant }) {
      checkUpload(request, dependencies);
      const { requestId, filename, byteSize, digest: expectedDigest } = request;
      const fingerprint = requestFingerprint(request);
      const earlier = requestId === '' ? undefined : await findUploadByRequest(db, tenant, requestId);
      if (earlier !== undefined) {
        checkSameRequest(requestId, earlier.fingerprint, fingerprint);
        return { upload: toUpload(await openAgainIfLost(earlier)) };
      }
      const uploadId = `upload-${randomBytes(10).toString('hex')}`;
      const upload = { uploadId, tenant, requestId, fingerprint, filename, byteSize, expectedDigest };
      const row = await insertUpload(db, upload).catch(async (error: unknown) => {
        // Two requests with the same id ran concurrently, and the other one inserted the upload.
        const twin = isDatabaseError(error, 'unique_violation') && (await findUploadByRequest(db, tenant, requestId));
        if (!twin) throw error;
        checkSameRequest(requestId, twin.fingerprint, fingerprint);
        return twin;
      });
      return { upload: toUpload(row) };
    },

    async writeUpload(requests, { tenant }) {
      const iterator = requests[Symbol.asyncIterator]();
      const { value: first } = (await iterator.next()) as { value: WriteUploadRequest | undefined };
      if (first === undefined)
        throw new ServiceError(
          'INVALID_ARGUMENT',
          'expected upload_id and offset in a first message, received no message',
        );
      const upload = await expectUpload(db, tenant, first.uploadId);
      if (upload.state === 'STATE_COMPLETE') return { upload: toUpload(upload) };
      if (first.offset !== upload.committed_offset) {
        const message = `offset: expected the committed offset ${upload.committed_offset}, got ${first.offset}; go on from there`;
        throw new ServiceError('OUT_OF_RANGE', message, {
          reason: 'WRONG_OFFSET',
          metadata: { committed_offset: String(upload.committed_offset) },
        });
      }
      await receiveChunks(upload, withFirst(first, iterator), { db, blobs, service });
      const received = await expectUpload(db, tenant, first.uploadId);
      if (received.committed_offset === received.byte_size) await assembleUpload(received, { db, blobs, service });
      return { upload: toUpload(await expectUpload(db, tenant, first.uploadId)) };
    },

    async getUpload({ uploadId }, { tenant }) {
      return { upload: toUpload(await expectUpload(db, tenant, uploadId)) };
    },
  };
}

/** @throws NOT_FOUND if the tenant has no such upload. */
export async function expectUpload<DB extends UploadTables>(
  db: Kysely<DB>,
  tenant: string,
  uploadId: string,
): Promise<UploadRow> {
  const row = await findUpload(db as unknown as UploadDb, tenant, uploadId);
  return row ?? throwNotFound(uploadId);
}

/** One for each id, in their order. @throws NOT_FOUND for the first that the tenant does not have. */
export async function expectUploads<DB extends UploadTables>(
  db: Kysely<DB>,
  tenant: string,
  uploadIds: readonly string[],
): Promise<UploadRow[]> {
  const rows = await findUploads(db as unknown as UploadDb, tenant, uploadIds);
  const byId = new Map(rows.map(row => [row.upload_id, row]));
  return uploadIds.map(uploadId => byId.get(uploadId) ?? throwNotFound(uploadId));
}

function throwNotFound(uploadId: string): never {
  throw notFound('upload', uploadId, 'create one with CreateUpload');
}

async function* withFirst(
  first: WriteUploadRequest,
  rest: AsyncIterator<WriteUploadRequest>,
): AsyncIterable<WriteUploadRequest> {
  if (first.chunk.length > 0) yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function toUpload(row: UploadRow): UploadInput {
  return {
    uploadId: row.upload_id,
    filename: row.filename,
    byteSize: row.byte_size,
    committedOffset: row.committed_offset,
    state: row.state,
    digest: row.digest,
  };
}

function checkUpload(
  { filename, byteSize, digest }: CreateUploadRequest,
  { maxUploadBytes, whyNotEmpty }: Pick<UploadDependencies<UploadTables>, 'maxUploadBytes' | 'whyNotEmpty'>,
): void {
  const violations: FieldViolation[] = [];
  if (!FILENAME.test(filename)) {
    violations.push({ field: 'filename', description: 'expected 1 to 255 characters, no control characters' });
  }
  if (byteSize < 1)
    violations.push({
      field: 'byte_size',
      description: `expected at least 1 byte, got ${byteSize}; ${whyNotEmpty}`,
    });
  if (byteSize > maxUploadBytes)
    violations.push({ field: 'byte_size', description: `expected at most ${maxUploadBytes} bytes, got ${byteSize}` });
  if (digest !== '' && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    violations.push({ field: 'digest', description: 'expected sha256: and 64 hexadecimal digits, or nothing' });
  }
  if (violations.length > 0) throw invalidFields(violations);
}
