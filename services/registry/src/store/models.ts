import type { Page } from '@athanor/service';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { ModelTable, ModelVersionTable, RegistryTables, VersionJobTable } from './tables.js';

export type ModelRow = Selectable<ModelTable>;
export type ModelVersionRow = Selectable<ModelVersionTable>;
export type VersionJobRow = Selectable<VersionJobTable>;

/** A connection or a transaction. */
export type Db = Kysely<RegistryTables>;
export type Trx = Transaction<RegistryTables>;

export function findModel(db: Db, tenant: string, name: string): Promise<ModelRow | undefined> {
  return existingModels(db).where('tenant', '=', tenant).where('name', '=', name).executeTakeFirst();
}

/** Ordered by name, one row more than the page size. */
export function listModels(db: Db, tenant: string, page: Page<string>): Promise<ModelRow[]> {
  let query = existingModels(db).where('tenant', '=', tenant);
  if (page.after !== undefined) query = query.where('name', '>', page.after);
  return query
    .orderBy('name')
    .limit(page.size + 1)
    .execute();
}

/**
 * The existing models. Version N−1 does not know deletion and may register into a deleted model; a newer version makes
 * it exist again. Only this row is read, so a waiter re-reads the current row after it acquires the lock.
 */
function existingModels(db: Db) {
  return db
    .selectFrom('models')
    .selectAll()
    .where(eb => eb.or([eb('delete_time', 'is', null), eb('latest_version', '>', eb.ref('deleted_version'))]));
}

/** Locks the row of an existing model until the transaction ends. */
export function lockExistingModel(trx: Trx, tenant: string, name: string): Promise<ModelRow | undefined> {
  return existingModels(trx).where('tenant', '=', tenant).where('name', '=', name).forUpdate().executeTakeFirst();
}

/** Creates the model if it is new or was deleted, and locks its row until the transaction ends. */
export async function lockModel(trx: Trx, tenant: string, name: string): Promise<ModelRow> {
  await trx
    .insertInto('models')
    .values({ tenant, name, description: '', latest_version: 0 })
    .onConflict(c => c.doNothing())
    .execute();
  const locked = trx.selectFrom('models').selectAll().where('tenant', '=', tenant).where('name', '=', name).forUpdate();
  const row = await locked.executeTakeFirstOrThrow();
  if (row.delete_time === null) return row;
  // Not before its deletion, whatever the clock says: see deleteModel.
  const create_time = sql<Date>`greatest(clock_timestamp(), delete_time)`;
  // Version N−1 may have recreated it already, or set its description while it was deleted.
  const exists = row.latest_version > (row.deleted_version ?? 0);
  const recreation = trx
    .updateTable('models')
    .set({ delete_time: null, ...(!exists && { create_time, description: '' }) });
  return await recreation
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The caller holds the model's lock. */
export async function setDescription(
  trx: Trx,
  { tenant, name }: Pick<ModelRow, 'tenant' | 'name'>,
  description: string,
): Promise<ModelRow> {
  return await trx
    .updateTable('models')
    .set({ description })
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Reference to one version: exactly one of the last four fields is set. */
export interface VersionReference {
  readonly tenant: string;
  readonly modelName: string;
  readonly version?: number;
  readonly alias?: string;
  readonly digest?: string;
  readonly jobId?: string;
}

export async function findVersion(db: Db, reference: VersionReference): Promise<ModelVersionRow | undefined> {
  let query = db.selectFrom('model_versions as v').selectAll('v').where('v.tenant', '=', reference.tenant);
  if (reference.modelName !== '') query = query.where('v.model_name', '=', reference.modelName);
  if (reference.version !== undefined) query = query.where('v.version', '=', reference.version);
  if (reference.digest !== undefined) query = query.where('v.digest', '=', reference.digest);
  const { alias, jobId } = reference;
  if (alias !== undefined) {
    query = query.where('v.version', 'in', eb =>
      eb
        .selectFrom('aliases as a')
        .select('a.version')
        .where('a.alias', '=', alias)
        .whereRef('a.tenant', '=', 'v.tenant')
        .whereRef('a.model_name', '=', 'v.model_name'),
    );
  }
  if (jobId !== undefined) {
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('version_jobs as j')
          .select('j.job_id')
          .where('j.job_id', '=', jobId)
          .whereRef('j.tenant', '=', 'v.tenant')
          .whereRef('j.model_name', '=', 'v.model_name')
          .whereRef('j.version', '=', 'v.version'),
      ),
    );
  }
  return await query.orderBy('v.model_name').limit(1).executeTakeFirst();
}

/** Models with equal training may have versions with the same digest; an empty name means all of them. */
export function listVersionsByDigest(
  db: Db,
  { tenant, modelName, digest }: { tenant: string; modelName: string; digest: string },
): Promise<ModelVersionRow[]> {
  let query = db.selectFrom('model_versions').selectAll().where('tenant', '=', tenant).where('digest', '=', digest);
  if (modelName !== '') query = query.where('model_name', '=', modelName);
  return query.orderBy('model_name').execute();
}

/** Newest first, one row more than the page size. */
export function listVersions(
  db: Db,
  model: { tenant: string; name: string },
  page: Page<number>,
): Promise<ModelVersionRow[]> {
  let query = db
    .selectFrom('model_versions')
    .selectAll()
    .where('tenant', '=', model.tenant)
    .where('model_name', '=', model.name);
  if (page.after !== undefined) query = query.where('version', '<', page.after);
  return query
    .orderBy('version', 'desc')
    .limit(page.size + 1)
    .execute();
}

/** Oldest first. */
export function listVersionJobs(
  db: Db,
  version: Pick<ModelVersionRow, 'tenant' | 'model_name' | 'version'>,
): Promise<VersionJobRow[]> {
  return db
    .selectFrom('version_jobs')
    .selectAll()
    .where('tenant', '=', version.tenant)
    .where('model_name', '=', version.model_name)
    .where('version', '=', version.version)
    .orderBy('create_time')
    .orderBy('job_id')
    .execute();
}
