import type { Page } from '@athanor/service';
import { type Selectable, sql } from 'kysely';
import type { Db, Trx } from './models.js';
import type { DeploymentRevisionTable } from './tables.js';

export type DeploymentRevisionRow = Selectable<DeploymentRevisionTable>;

export interface DeploymentKey {
  readonly tenant: string;
  readonly name: string;
}

/** Who made a revision, and why. */
export interface RevisionNote {
  readonly actor: string;
  readonly reason: string;
  /** Idempotency key; empty: none. */
  readonly requestId: string;
  readonly fingerprint: string;
}

/** Copies the deployment's row as it is now; nothing happens if its revision is recorded already. */
export async function recordRevision(trx: Trx, { tenant, name }: DeploymentKey, note: RevisionNote): Promise<void> {
  const { actor, reason, requestId, fingerprint } = note;
  await trx
    .insertInto('deployment_revisions')
    .columns([
      ...(['tenant', 'name', 'deployment_time', 'revision', 'model_name', 'alias', 'version'] as const),
      ...(['serving', 'stopped', 'actor', 'reason', 'request_id', 'fingerprint'] as const),
    ])
    .expression(eb =>
      eb
        .selectFrom('deployments')
        .select([
          ...(['tenant', 'name', 'create_time', 'revision', 'model_name', 'alias', 'version'] as const),
          ...(['serving', 'stopped'] as const),
          sql<string>`${actor}::text`.as('actor'),
          sql<string>`${reason}::text`.as('reason'),
          sql<string | null>`${requestId === '' ? null : requestId}::text`.as('request_id'),
          sql<string>`${fingerprint}::text`.as('fingerprint'),
        ])
        .where('tenant', '=', tenant)
        .where('name', '=', name),
    )
    .onConflict(c => c.columns(['tenant', 'name', 'deployment_time', 'revision']).doNothing())
    .execute();
}

/** Newest first, one row more than the page size. */
export function listRevisions(db: Db, key: DeploymentKey, page: Page<number>): Promise<DeploymentRevisionRow[]> {
  let query = revisionsOf(db, key);
  if (page.after !== undefined) query = query.where('r.revision', '<', page.after);
  return query
    .orderBy('r.revision', 'desc')
    .limit(page.size + 1)
    .execute();
}

export function findRevision(db: Db, key: DeploymentKey, revision: number): Promise<DeploymentRevisionRow | undefined> {
  return revisionsOf(db, key).where('r.revision', '=', revision).executeTakeFirst();
}

/** The one before the deployment's revision. */
export function findPreviousRevision(db: Db, key: DeploymentKey): Promise<DeploymentRevisionRow | undefined> {
  return revisionsOf(db, key)
    .whereRef('r.revision', '<', 'd.revision')
    .orderBy('r.revision', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export function findRevisionByRequest(
  db: Db,
  tenant: string,
  requestId: string,
): Promise<DeploymentRevisionRow | undefined> {
  return db
    .selectFrom('deployment_revisions')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
}

export async function deleteRevisions(trx: Trx, { tenant, name }: DeploymentKey): Promise<void> {
  await trx.deleteFrom('deployment_revisions').where('tenant', '=', tenant).where('name', '=', name).execute();
}

/** Those of the deployment that exists now: version N−1 deletes a deployment without its revisions. */
function revisionsOf(db: Db, { tenant, name }: DeploymentKey) {
  return db
    .selectFrom('deployments as d')
    .innerJoin('deployment_revisions as r', join =>
      join
        .onRef('r.tenant', '=', 'd.tenant')
        .onRef('r.name', '=', 'd.name')
        .onRef('r.deployment_time', '=', 'd.create_time'),
    )
    .selectAll('r')
    .where('d.tenant', '=', tenant)
    .where('d.name', '=', name);
}
