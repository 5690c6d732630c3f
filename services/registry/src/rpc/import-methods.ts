import { randomBytes } from 'node:crypto';
import type { ImportModelRequest } from '@athanor/contracts/registry';
import {
  checkResourceId,
  checkSameRequest,
  crashPoint,
  type FieldViolation,
  invalidFields,
  requestFingerprint,
} from '@athanor/service';
import { expectUploads, type UploadRow } from '@athanor/uploads';
import { checkArtifactPaths } from '../imports/artifact-paths.js';
import { importManifest } from '../imports/import-manifest.js';
import { runImport } from '../imports/run-import.js';
import { findImportByRequest, registerImport, type VersionImportRow } from '../store/imports.js';
import { type Db, findVersion } from '../store/models.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';
import { describeVersion } from './model-methods.js';

const MAX_SOURCE_CHARACTERS = 1_024;
const MAX_LICENCE_CHARACTERS = 256;

export function importMethods(dependencies: RegistryDependencies): Pick<RegistryMethods, 'importModel'> {
  const { db, blobs, onCommit, imports } = dependencies;
  return {
    async importModel(request, { tenant, principal, signal }) {
      checkRequest(request);
      const { requestId, modelName, source, licence } = request;
      const fingerprint = requestFingerprint(request);
      const earlier = await findImportByRequest(db, tenant, requestId);
      if (earlier !== undefined) return await answer(db, earlier, { requestId, fingerprint });
      const uploads = await completeUploads(db, tenant, { request, maxModelBytes: imports.maxModelBytes });
      const files = uploads.map(({ path, upload }) => ({ path, digest: upload.digest, byteSize: upload.byte_size }));
      const batchAxis = request._batchAxis === undefined ? undefined : request.batchAxis;
      const { checkModel, deadlineMs } = imports;
      const model = await imports.queue.run(
        () => runImport({ files, batchAxis }, { blobs, checkModel, deadlineMs, signal }),
        signal,
      );
      crashPoint('import.after-files');
      const row = await db.transaction().execute(async trx => {
        const made = await registerImport(trx, {
          ...{ tenant, modelName, requestId, fingerprint },
          importId: `import-${randomBytes(10).toString('hex')}`,
          manifest: importManifest(model, licence),
          files: model.files,
          notes: { batchingReason: model.batching.reason, changes: model.changes, notes: model.notes },
          origin: {
            ...{ source, actor: principal.actor },
            files: files.map(({ path, digest, byteSize }) => ({ name: path, digest, byteSize })),
          },
        });
        crashPoint('import.before-commit');
        return made;
      });
      crashPoint('import.after-commit');
      onCommit();
      return await answer(db, row, { requestId, fingerprint });
    },
  };
}

/** The version of an import; `row` may be that of an earlier call with the same key. */
async function answer(
  db: Db,
  row: VersionImportRow,
  { requestId, fingerprint }: { readonly requestId: string; readonly fingerprint: string },
) {
  checkSameRequest(requestId, row.fingerprint, fingerprint);
  const { tenant, model_name: modelName, version, created } = row;
  const found = await findVersion(db, { tenant, modelName, version });
  return { modelVersion: found === undefined ? null : await describeVersion(db, found), created };
}

function checkRequest({ modelName, files, source, licence, batchAxis, _batchAxis }: ImportModelRequest): void {
  checkResourceId('model_name', modelName);
  const violations: FieldViolation[] = checkArtifactPaths(files.map(({ path }) => path));
  const expectText = (field: string, text: string, max: number) => {
    if (text.length > max || /\p{Cc}/u.test(text))
      violations.push({ field, description: `expected at most ${max} characters, no control characters` });
  };
  expectText('source', source, MAX_SOURCE_CHARACTERS);
  expectText('licence', licence, MAX_LICENCE_CHARACTERS);
  if (_batchAxis !== undefined && batchAxis !== 0 && batchAxis !== -1)
    violations.push({ field: 'batch_axis', description: `expected 0 (the first axis) or -1 (none), got ${batchAxis}` });
  if (violations.length > 0) throw invalidFields(violations);
}

/** The uploads of a request's files. Throws unless all are there and complete, and fit into the limit together. */
async function completeUploads(
  db: Db,
  tenant: string,
  { request, maxModelBytes }: { readonly request: ImportModelRequest; readonly maxModelBytes: number },
): Promise<{ path: string; upload: UploadRow }[]> {
  const uploadIds = request.files.map(({ uploadId }) => uploadId);
  const uploads = await expectUploads(db, tenant, uploadIds);
  const found = uploads.map((upload, index) => ({ path: request.files[index]!.path, upload }));
  const violations: FieldViolation[] = [];
  for (const [index, { path, upload }] of found.entries()) {
    if (upload.state === 'STATE_COMPLETE') continue;
    const description = `expected a complete upload, but ${upload.upload_id} of '${path}' has ${upload.committed_offset} of ${upload.byte_size} bytes; go on with WriteUpload from there`;
    violations.push({ field: `files[${index}].upload_id`, description });
  }
  const bytes = found.reduce((sum, { upload }) => sum + upload.byte_size, 0);
  if (bytes > maxModelBytes)
    violations.push({ field: 'files', description: `expected at most ${maxModelBytes} bytes in total, got ${bytes}` });
  if (violations.length > 0) throw invalidFields(violations);
  return found;
}
