// A version that is being prepared: by one preparer at a time, as long as its lease lasts.
import { jsonb, leaseEnd } from '@athanor/database';
import { appendEvent } from '@athanor/events';
import { sql } from 'kysely';
import type { PreparedVersion } from '../preparation/prepared-version.js';
import { type DatasetVersionRow, type VersionKey, WAITING } from './datasets.js';
import type { Db, PreparationPhase, Trx } from './tables.js';

/** A version that a preparer has taken; a different number of attempts means that another one has taken it since. */
export interface TakenVersion extends VersionKey {
  readonly attempts: number;
}

/** Takes a version that nobody else is preparing; safe with many preparers. */
export async function takePreparation(trx: Trx, leaseMs: number): Promise<DatasetVersionRow | undefined> {
  const row = await trx
    .selectFrom('dataset_versions')
    .selectAll()
    .where('state', '=', 'STATE_PREPARING')
    .where(eb => eb.or([eb('lease_expires', 'is', null), eb('lease_expires', '<', sql<Date>`now()`)]))
    .orderBy('create_time')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const attempts = row.attempts + 1;
  await whereVersion(trx, keyOf(row))
    .set({ lease_expires: leaseEnd(leaseMs), attempts })
    .execute();
  return { ...row, attempts };
}

/** Releases a version, to be retried after a delay. */
export async function deferPreparation(db: Db, taken: TakenVersion, pauseMs: number): Promise<void> {
  await whereTaken(db, taken)
    .set({ lease_expires: leaseEnd(pauseMs), progress: WAITING, revision: sql`revision + 1` })
    .execute();
}

/** Releases an unfinished version and undoes the count: the end of its preparer is not the version's fault. */
export async function releasePreparation(db: Db, taken: TakenVersion): Promise<void> {
  await whereTaken(db, taken)
    .set({ lease_expires: null, attempts: taken.attempts - 1, progress: WAITING, revision: sql`revision + 1` })
    .execute();
}

/** Whether the lease is still held: the version is neither cancelled nor taken by another preparer. */
export async function extendPreparation(
  db: Db,
  taken: TakenVersion,
  { leaseMs, progress }: { leaseMs: number; progress?: PreparationPhase },
): Promise<boolean> {
  const lease_expires = leaseEnd(leaseMs);
  const updated = await whereTaken(db, taken)
    .set({ lease_expires, ...(progress && { progress: jsonb(progress), revision: sql`revision + 1` }) })
    .executeTakeFirst();
  return updated.numUpdatedRows > 0n;
}

/** Not fenced: every preparer of a version gets the same result, byte for byte. */
export async function finishPreparation(trx: Trx, key: VersionKey, result: PreparedVersion): Promise<void> {
  const { tenant, datasetId, version } = key;
  const updated = await whereVersion(trx, key)
    .set({ state: 'STATE_READY', result: jsonb(result), revision: sql`revision + 1` })
    .executeTakeFirst();
  // Another process had taken it over and finished first.
  if (updated.numUpdatedRows === 0n) return;
  await trx
    .updateTable('datasets')
    .set({ latest_ready: sql`greatest(latest_ready, ${version}::integer)` })
    .where('tenant', '=', tenant)
    .where('dataset_id', '=', datasetId)
    .execute();
  const payload = { datasetId, version, digest: result.digest };
  await appendEvent(trx, {
    type: 'dataset.version.ready',
    tenant,
    aggregateId: `${datasetId}-${version}`,
    aggregateVersion: 1,
    payload,
  });
}

export async function failPreparation(
  trx: Trx,
  taken: TakenVersion,
  error: { code: number; message: string },
): Promise<void> {
  await fail(trx, whereTaken(trx, taken), { key: taken, error });
}

/** Whether it was PREPARING. Its preparer notices when it renews its lease. */
export async function cancelPreparation(trx: Trx, key: VersionKey): Promise<boolean> {
  const error = { code: CANCELLED, message: 'the import was cancelled' };
  return await fail(trx, whereVersion(trx, key), { key, error });
}

/** A code of gRPC. */
const CANCELLED = 1;

async function fail(
  trx: Trx,
  update: ReturnType<typeof whereVersion>,
  { key, error }: { key: VersionKey; error: { code: number; message: string } },
): Promise<boolean> {
  const { tenant, datasetId, version } = key;
  const updated = await update
    .set({ state: 'STATE_FAILED', error: jsonb(error), revision: sql`revision + 1` })
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) return false;
  const payload = { datasetId, version, reason: error.message };
  await appendEvent(trx, {
    type: 'dataset.version.failed',
    tenant,
    aggregateId: `${datasetId}-${version}`,
    aggregateVersion: 1,
    payload,
  });
  return true;
}

export function takenOf(row: DatasetVersionRow): TakenVersion {
  return { ...keyOf(row), attempts: row.attempts };
}

function keyOf(row: DatasetVersionRow): VersionKey {
  return { tenant: row.tenant, datasetId: row.dataset_id, version: row.version };
}

/** Matches nothing if the lease was lost and another preparer has taken the version since. */
function whereTaken(db: Db, taken: TakenVersion) {
  return whereVersion(db, taken).where('attempts', '=', taken.attempts);
}

/** Updates a version only while it is being prepared: a terminal state is never overwritten. */
function whereVersion(db: Db, { tenant, datasetId, version }: VersionKey) {
  return db
    .updateTable('dataset_versions')
    .where('tenant', '=', tenant)
    .where('dataset_id', '=', datasetId)
    .where('version', '=', version)
    .where('state', '=', 'STATE_PREPARING');
}
