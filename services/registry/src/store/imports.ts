import { jsonb } from '@athanor/database';
import { appendEvent } from '@athanor/events';
import type { Selectable } from 'kysely';
import type { ImportManifest } from '../imports/import-manifest.js';
import { type Db, lockModel, type ModelVersionRow, type Trx } from './models.js';
import { findOrInsertVersion } from './registration.js';
import type { ImportNotes, StoredFile, VersionImportTable } from './tables.js';

export type VersionImportRow = Selectable<VersionImportTable>;

/** A checked model, with its files already in the blob store. */
export interface ImportRegistration {
  readonly tenant: string;
  readonly importId: string;
  readonly modelName: string;
  readonly manifest: ImportManifest;
  readonly files: StoredFile[];
  readonly notes: ImportNotes;
  readonly origin: { readonly source: string; readonly actor: string; readonly files: StoredFile[] };
  readonly requestId: string;
  readonly fingerprint: string;
}

/**
 * Registers an imported model. An equal digest in the same model returns the existing version, with one more lineage
 * edge. The model's lock serializes imports of one name; a request that was registered meanwhile changes nothing.
 */
export async function registerImport(trx: Trx, registration: ImportRegistration): Promise<VersionImportRow> {
  const { tenant, importId, modelName, manifest, origin, requestId, fingerprint } = registration;
  const model = await lockModel(trx, tenant, modelName);
  const earlier = await findImportByRequest(trx, tenant, requestId);
  if (earlier !== undefined) return earlier;
  const { files, notes: imported } = registration;
  // The number of threads is that of the deployment: an imported model was not evaluated with any.
  const made = { tenant, modelName, manifest, files, evaluations: [], cpuThreads: 0, datasetDigest: '', imported };
  const { version, digest, created } = await findOrInsertVersion(trx, made, model.latest_version);
  // Version N−1 deletes a model without its imports, and a key may be used again after that.
  await trx.deleteFrom('version_imports').where('tenant', '=', tenant).where('request_id', '=', requestId).execute();
  const row = await trx
    .insertInto('version_imports')
    .values({
      ...{ import_id: importId, tenant, model_name: modelName, version, created, source: origin.source },
      ...{ actor: origin.actor, files: jsonb(origin.files), fingerprint },
      request_id: requestId === '' ? null : requestId,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await appendEvent(trx, {
    type: 'model.version.registered',
    tenant,
    aggregateId: `${modelName}-${importId}`,
    aggregateVersion: 1,
    payload: { modelName, version, digest, jobId: '', created },
  });
  return row;
}

/** The import that the same request made, if its version still exists. */
export function findImportByRequest(db: Db, tenant: string, requestId: string): Promise<VersionImportRow | undefined> {
  if (requestId === '') return Promise.resolve(undefined);
  return db
    .selectFrom('version_imports as i')
    .innerJoin('model_versions as v', join =>
      join
        .onRef('v.tenant', '=', 'i.tenant')
        .onRef('v.model_name', '=', 'i.model_name')
        .onRef('v.version', '=', 'i.version'),
    )
    .selectAll('i')
    .where('i.tenant', '=', tenant)
    .where('i.request_id', '=', requestId)
    .executeTakeFirst();
}

/** Oldest first. */
export function listVersionImports(
  db: Db,
  { tenant, model_name, version }: Pick<ModelVersionRow, 'tenant' | 'model_name' | 'version'>,
): Promise<VersionImportRow[]> {
  return db
    .selectFrom('version_imports')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('model_name', '=', model_name)
    .where('version', '=', version)
    .orderBy('create_time')
    .orderBy('import_id')
    .execute();
}
