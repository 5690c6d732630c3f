// Versions that wait for a preparer: by the time of their creation, over all tenants.
import { sql } from 'kysely';
import type { DatasetVersionRow } from './datasets.js';
import type { Db } from './tables.js';

/** 1 for the version that is taken next; 0 if a preparer has it, or it waits to be retried. */
export async function queuePosition(
  db: Db,
  { tenant, dataset_id, version, state }: Pick<DatasetVersionRow, 'tenant' | 'dataset_id' | 'version' | 'state'>,
): Promise<number> {
  if (state !== 'STATE_PREPARING') return 0;
  const queued = (alias: 'own' | 'other') =>
    sql<boolean>`${sql.ref(`${alias}.state`)} = 'STATE_PREPARING' AND
      (${sql.ref(`${alias}.lease_expires`)} IS NULL OR ${sql.ref(`${alias}.lease_expires`)} < now())`;
  const row = await db
    .selectFrom('dataset_versions as own')
    .innerJoin('dataset_versions as other', join =>
      join.on(eb => eb.or([eb('other.create_time', '<', eb.ref('own.create_time')), IS_SAME])),
    )
    .select(eb => eb.fn.countAll<string>().as('position'))
    .where('own.tenant', '=', tenant)
    .where('own.dataset_id', '=', dataset_id)
    .where('own.version', '=', version)
    .where(queued('own'))
    .where(queued('other'))
    .executeTakeFirst();
  return Number(row?.position ?? 0);
}

const IS_SAME = sql<boolean>`(other.tenant, other.dataset_id, other.version) = (own.tenant, own.dataset_id, own.version)`;
