import { ServiceError } from '@athanor/service/errors';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { UploadPartTable, UploadTable, UploadTables } from './upload-tables.js';

/** A connection to a schema that has the tables of uploads, or a transaction. */
export type UploadDb = Kysely<UploadTables>;
export type UploadTrx = Transaction<UploadTables>;
export type UploadRow = Selectable<UploadTable>;
export type UploadPart = Selectable<UploadPartTable>;

export interface NewUpload {
  readonly uploadId: string;
  readonly tenant: string;
  readonly requestId: string;
  readonly fingerprint: string;
  readonly filename: string;
  readonly byteSize: number;
  readonly expectedDigest: string;
}

export function findUpload(db: UploadDb, tenant: string, uploadId: string): Promise<UploadRow | undefined> {
  return db
    .selectFrom('uploads')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('upload_id', '=', uploadId)
    .executeTakeFirst();
}

/** Those that exist, in any order. An array is one parameter, however many uploads there are. */
export function findUploads(db: UploadDb, tenant: string, uploadIds: readonly string[]): Promise<UploadRow[]> {
  return db
    .selectFrom('uploads')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('upload_id', '=', sql<string>`any(${uploadIds})`)
    .execute();
}

export function findUploadByRequest(db: UploadDb, tenant: string, requestId: string): Promise<UploadRow | undefined> {
  return db
    .selectFrom('uploads')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
}

export function insertUpload(db: UploadDb, upload: NewUpload): Promise<UploadRow> {
  return db
    .insertInto('uploads')
    .values({
      upload_id: upload.uploadId,
      tenant: upload.tenant,
      request_id: upload.requestId === '' ? null : upload.requestId,
      fingerprint: upload.fingerprint,
      filename: upload.filename,
      byte_size: upload.byteSize,
      expected_digest: upload.expectedDigest,
      committed_offset: 0,
      state: 'STATE_ACTIVE',
      digest: '',
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Records a stored piece; of two writers at the same offset one gets ABORTED. */
export async function commitPart(trx: UploadTrx, part: UploadPart): Promise<void> {
  const { upload_id, part_offset, byte_size } = part;
  const { numUpdatedRows } = await trx
    .updateTable('uploads')
    .set({ committed_offset: part_offset + byte_size })
    .where('upload_id', '=', upload_id)
    .where('committed_offset', '=', part_offset)
    .where('state', '=', 'STATE_ACTIVE')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    const message = `upload ${upload_id} moved on from offset ${part_offset} meanwhile: another writer is at work; ask for its committed_offset`;
    throw new ServiceError('ABORTED', message, { reason: 'CONCURRENT_UPLOAD' });
  }
  await trx.insertInto('upload_parts').values(part).execute();
}

export function listParts(db: UploadDb, uploadId: string): Promise<UploadPart[]> {
  return db.selectFrom('upload_parts').selectAll().where('upload_id', '=', uploadId).orderBy('part_offset').execute();
}

/** Only while it is being written: a second assembler of the same upload changes nothing. */
export async function completeUpload(trx: UploadTrx, uploadId: string, digest: string): Promise<void> {
  const { numUpdatedRows } = await whereWhole(trx, uploadId)
    .set({ state: 'STATE_COMPLETE', digest })
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await trx.deleteFrom('upload_parts').where('upload_id', '=', uploadId).execute();
}

/** Resets the upload: the bytes do not match the announced digest. */
export async function resetUpload(trx: UploadTrx, uploadId: string): Promise<void> {
  const { numUpdatedRows } = await whereWhole(trx, uploadId).set({ committed_offset: 0 }).executeTakeFirst();
  if (numUpdatedRows > 0n) await trx.deleteFrom('upload_parts').where('upload_id', '=', uploadId).execute();
}

/** Reopens a complete upload for the same bytes, because the store has lost them. */
export async function reopenUpload(db: UploadDb, { upload_id, digest }: UploadRow): Promise<UploadRow> {
  await db
    .updateTable('uploads')
    .set({ state: 'STATE_ACTIVE', committed_offset: 0, digest: '', expected_digest: digest })
    .where('upload_id', '=', upload_id)
    .where('state', '=', 'STATE_COMPLETE')
    .execute();
  return await db.selectFrom('uploads').selectAll().where('upload_id', '=', upload_id).executeTakeFirstOrThrow();
}

function whereWhole(trx: UploadTrx, uploadId: string) {
  return trx
    .updateTable('uploads')
    .where('upload_id', '=', uploadId)
    .where('state', '=', 'STATE_ACTIVE')
    .whereRef('committed_offset', '=', 'byte_size');
}
