import type { Source } from '@athanor/contracts/ingest';
import { ServiceError } from '@athanor/service';
import { expectUploads } from '@athanor/uploads';
import type { KnownSource } from '../preparation/plan.js';
import type { Db } from '../store/tables.js';

/** The uploads of a request's sources. Throws unless all are there and complete. */
export async function knownSources(db: Db, tenant: string, given: readonly Source[]): Promise<KnownSource[]> {
  const uploads = await expectUploads(
    db,
    tenant,
    given.map(({ uploadId }) => uploadId),
  );
  return uploads.map((upload, index) => {
    if (upload.state !== 'STATE_COMPLETE') {
      const message = `upload ${upload.upload_id} has ${upload.committed_offset} of ${upload.byte_size} bytes; write the rest first`;
      throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'UPLOAD_INCOMPLETE' });
    }
    return { source: given[index]!, filename: upload.filename, digest: upload.digest, byteSize: upload.byte_size };
  });
}
