import { jsonb } from '@athanor/database';
import type { Page } from '@athanor/service';
import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import type { PreparationPlan } from '../preparation/prepared-version.js';
import type { DatasetTable, DatasetVersionTable, Db, IngestTables, Trx } from './tables.js';

/** The progress of a version that no preparer has taken yet. */
export const WAITING = jsonb({ phase: 'WAITING', completed: 0, total: 0 });

export type DatasetRow = Selectable<DatasetTable>;
export type DatasetVersionRow = Selectable<DatasetVersionTable>;

export interface VersionKey {
  readonly tenant: string;
  readonly datasetId: string;
  readonly version: number;
}

/**
 * Whether a dataset exists. Version N−1 does not know deletion and may add versions to a deleted dataset; a newer
 * version makes it exist again. Only this row is read, so a waiter re-reads the current row after it acquires the lock.
 */
const isThere = (eb: ExpressionBuilder<IngestTables, 'datasets'>) =>
  eb.or([eb('delete_time', 'is', null), eb('last_version', '>', eb.ref('deleted_version'))]);

export function findDataset(db: Db, tenant: string, datasetId: string): Promise<DatasetRow | undefined> {
  return whereDataset(db, tenant, datasetId).executeTakeFirst();
}

/** Locks the row of an existing dataset until the transaction ends, so that it gets no version meanwhile. */
export function lockDataset(trx: Trx, tenant: string, datasetId: string): Promise<DatasetRow | undefined> {
  return whereDataset(trx, tenant, datasetId).forUpdate().executeTakeFirst();
}

function whereDataset(db: Db, tenant: string, datasetId: string) {
  const all = db.selectFrom('datasets').selectAll().where(isThere);
  return all.where('tenant', '=', tenant).where('dataset_id', '=', datasetId);
}

/** Undefined if it already exists. A deleted dataset continues its version numbers. */
export function insertDataset(
  db: Db,
  tenant: string,
  dataset: { datasetId: string; description: string },
): Promise<DatasetRow | undefined> {
  const { datasetId: dataset_id, description } = dataset;
  // Not before its deletion, whatever the clock says: see deleteDataset.
  const create_time = sql<Date>`greatest(clock_timestamp(), datasets.delete_time)`;
  const recreated = { description, delete_time: null, create_time };
  return db
    .insertInto('datasets')
    .values({ tenant, dataset_id, description, last_version: 0, latest_ready: 0 })
    .onConflict(c =>
      c
        .columns(['tenant', 'dataset_id'])
        .doUpdateSet(recreated)
        .where('datasets.delete_time', 'is not', null)
        .whereRef('datasets.last_version', '=', 'datasets.deleted_version'),
    )
    .returningAll()
    .executeTakeFirst();
}

/** Ordered by id, one row more than the page size. */
export function listDatasets(db: Db, tenant: string, page: Page<string>): Promise<DatasetRow[]> {
  let query = db.selectFrom('datasets').selectAll().where(isThere).where('tenant', '=', tenant);
  if (page.after !== undefined) query = query.where('dataset_id', '>', page.after);
  return query
    .orderBy('dataset_id')
    .limit(page.size + 1)
    .execute();
}

export async function setDescription(
  db: Db,
  tenant: string,
  { datasetId, description }: { datasetId: string; description: string },
): Promise<void> {
  await db
    .updateTable('datasets')
    .set({ description })
    .where('tenant', '=', tenant)
    .where('dataset_id', '=', datasetId)
    .execute();
}

/** Version 0 is the latest READY one. */
export function findVersion(
  db: Db,
  { tenant, datasetId, version }: VersionKey,
): Promise<DatasetVersionRow | undefined> {
  let query = db
    .selectFrom('dataset_versions')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('dataset_id', '=', datasetId);
  query =
    version === 0
      ? query.where('state', '=', 'STATE_READY').orderBy('version', 'desc').limit(1)
      : query.where('version', '=', version);
  return query.executeTakeFirst();
}

/** The version of a request id. A FAILED version gives its id up, so the same request starts again. */
export function findVersionByRequest(
  db: Db,
  tenant: string,
  requestId: string,
): Promise<DatasetVersionRow | undefined> {
  return db
    .selectFrom('dataset_versions')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('request_id', '=', requestId)
    .where('state', '!=', 'STATE_FAILED')
    .executeTakeFirst();
}

/** Newest first, one row more than the page size. */
export function listVersions(
  db: Db,
  dataset: { tenant: string; datasetId: string },
  page: Page<number>,
): Promise<DatasetVersionRow[]> {
  let query = db
    .selectFrom('dataset_versions')
    .selectAll()
    .where('tenant', '=', dataset.tenant)
    .where('dataset_id', '=', dataset.datasetId);
  if (page.after !== undefined) query = query.where('version', '<', page.after);
  return query
    .orderBy('version', 'desc')
    .limit(page.size + 1)
    .execute();
}

/** Takes the dataset's next number for a version to prepare. Undefined if the dataset was deleted. */
export async function insertVersion(
  trx: Trx,
  dataset: { tenant: string; datasetId: string },
  request: { plan: PreparationPlan; requestId: string; fingerprint: string },
): Promise<DatasetVersionRow | undefined> {
  const { tenant, datasetId } = dataset;
  // First, because a deletion locks the dataset before its versions.
  const numbered = await trx
    .updateTable('datasets')
    .set({ last_version: sql`last_version + 1` })
    .where('tenant', '=', tenant)
    .where('dataset_id', '=', datasetId)
    .where(isThere)
    .returning('last_version')
    .executeTakeFirst();
  if (numbered === undefined) return undefined;
  if (request.requestId !== '') await releaseRequestId(trx, tenant, request.requestId);
  return await trx
    .insertInto('dataset_versions')
    .values({
      tenant,
      dataset_id: datasetId,
      version: numbered.last_version,
      state: 'STATE_PREPARING',
      request_id: request.requestId === '' ? null : request.requestId,
      fingerprint: request.fingerprint,
      plan: jsonb(request.plan),
      progress: WAITING,
      attempts: 0,
      revision: 1,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Frees the request id of a FAILED version for its successor. */
async function releaseRequestId(trx: Trx, tenant: string, requestId: string): Promise<void> {
  await trx
    .updateTable('dataset_versions')
    .set({ request_id: null })
    .where('tenant', '=', tenant)
    .where('request_id', '=', requestId)
    .where('state', '=', 'STATE_FAILED')
    .execute();
}
