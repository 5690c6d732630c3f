import { deleteTime } from '@athanor/database';
import { appendEvent } from '@athanor/events';
import { sql } from 'kysely';
import type { DatasetRow, VersionKey } from './datasets.js';
import type { Db, Trx } from './tables.js';

/** The number of the oldest version that a preparer has, if any. A queued one is not taken until the transaction ends. */
export async function findPreparing(
  trx: Trx,
  { tenant, dataset_id }: Pick<DatasetRow, 'tenant' | 'dataset_id'>,
): Promise<number | undefined> {
  const rows = await trx
    .selectFrom('dataset_versions')
    .select('version')
    .where('tenant', '=', tenant)
    .where('dataset_id', '=', dataset_id)
    .where('state', '=', 'STATE_PREPARING')
    .orderBy('version')
    .select(sql<boolean>`lease_expires IS NOT NULL AND lease_expires >= now()`.as('is_taken'))
    .forUpdate()
    .execute();
  return rows.find(row => row.is_taken)?.version;
}

/**
 * Deletes all versions of a dataset and appends the event. The caller holds the dataset's lock and has found none that
 * is being prepared. Its row stays, hidden: version numbers are never reused, since they are part of event ids.
 */
export async function deleteDataset(trx: Trx, dataset: DatasetRow, actor: string): Promise<void> {
  const { tenant, dataset_id, last_version: deleted_version } = dataset;
  await trx.deleteFrom('dataset_versions').where('tenant', '=', tenant).where('dataset_id', '=', dataset_id).execute();
  const deleted = await trx
    .updateTable('datasets')
    .set({ description: '', latest_ready: 0, delete_time: deleteTime(), deleted_version })
    .where('tenant', '=', tenant)
    .where('dataset_id', '=', dataset_id)
    .returning(sql<Date>`delete_time`.as('time'))
    .executeTakeFirstOrThrow();
  // Not its last number: it may be deleted twice without a version in between.
  const aggregateVersion = deleted.time.getTime();
  const payload = { datasetId: dataset_id, actor };
  await appendEvent(trx, { type: 'dataset.deleted', tenant, aggregateId: dataset_id, aggregateVersion, payload });
}

/** Whether a version with this number existed and was deleted with its dataset. */
export async function wasDeleted(db: Db, { tenant, datasetId, version }: VersionKey): Promise<boolean> {
  const row = await db
    .selectFrom('datasets')
    .select('deleted_version')
    .where('tenant', '=', tenant)
    .where('dataset_id', '=', datasetId)
    .executeTakeFirst();
  return version > 0 && version <= (row?.deleted_version ?? 0);
}
