import { jsonb } from '@athanor/database';
import { appendEvent } from '@athanor/events';
import type { Page } from '@athanor/service';
import { type Selectable, sql } from 'kysely';
import { type DeploymentState, isSameState } from '../deployments/deployment-state.js';
import { DEFAULT_SETTINGS } from '../serving/serving-settings.js';
import {
  type DeploymentKey,
  type DeploymentRevisionRow,
  deleteRevisions,
  type RevisionNote,
  recordRevision,
} from './deployment-revisions.js';
import type { Db, Trx } from './models.js';
import type { DeploymentTable } from './tables.js';

export type DeploymentRow = Selectable<DeploymentTable>;

export function findDeployment(db: Db, tenant: string, name: string): Promise<DeploymentRow | undefined> {
  return db
    .selectFrom('deployments')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .executeTakeFirst();
}

/** Ordered by name, one row more than the page size. */
export function listDeployments(db: Db, tenant: string, page: Page<string>): Promise<DeploymentRow[]> {
  let query = db.selectFrom('deployments').selectAll().where('tenant', '=', tenant);
  if (page.after !== undefined) query = query.where('name', '>', page.after);
  return query
    .orderBy('name')
    .limit(page.size + 1)
    .execute();
}

/** Of all tenants, ordered by tenant and name, starting after a given deployment. */
export function listAllDeployments(
  db: Db,
  { after, limit }: { after: Pick<DeploymentRow, 'tenant' | 'name'> | undefined; limit: number | undefined },
): Promise<DeploymentRow[]> {
  let query = db.selectFrom('deployments').selectAll().orderBy('tenant').orderBy('name');
  if (after !== undefined) query = query.where(sql<boolean>`(tenant, name) > (${after.tenant}, ${after.name})`);
  if (limit !== undefined) query = query.limit(limit);
  return query.execute();
}

/** The names of the deployments that refer to a model, ordered. */
export async function listDeploymentsOf(db: Db, { tenant, name }: { tenant: string; name: string }): Promise<string[]> {
  const rows = await db
    .selectFrom('deployments')
    .select('name')
    .where('tenant', '=', tenant)
    .where('model_name', '=', name)
    .orderBy('name')
    .execute();
  return rows.map(row => row.name);
}

/**
 * Creates or changes a deployment, with a revision and an event; an unchanged one gets neither. `decide` is called with
 * the locked row, and again if another transaction has created the deployment meanwhile.
 */
export async function changeDeployment(
  trx: Trx,
  { tenant, name }: DeploymentKey,
  decide: (current: DeploymentRow | undefined) => Promise<DeploymentState>,
  note: RevisionNote,
): Promise<DeploymentRow> {
  for (;;) {
    const current = await lockDeployment(trx, { tenant, name });
    const state = await decide(current);
    if (current !== undefined && isSameState(toState(current), state)) return current;
    const { modelName: model_name, alias, version, serving, stopped } = state;
    const columns = { model_name, alias, version, serving: jsonb(serving), stopped };
    if (current !== undefined) {
      await recordRevision(trx, { tenant, name }, BEFORE_REVISIONS);
      const row = await trx
        .updateTable('deployments')
        .set(eb => ({ ...columns, revision: eb('revision', '+', 1) }))
        .where('tenant', '=', tenant)
        .where('name', '=', name)
        .returningAll()
        .executeTakeFirstOrThrow();
      return await announceChange(trx, row, note);
    }
    const made = await trx
      .insertInto('deployments')
      .values({ tenant, name, ...columns, revision: 1 })
      .onConflict(c => c.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (made !== undefined) return await announceChange(trx, made, note);
  }
}

/** Version N−1 records no revisions; what it left is recorded when it is changed. */
const BEFORE_REVISIONS: RevisionNote = {
  ...{ actor: '', requestId: '', fingerprint: '' },
  reason: 'set by a release without revisions',
};

async function announceChange(trx: Trx, row: DeploymentRow, note: RevisionNote): Promise<DeploymentRow> {
  await recordRevision(trx, row, note);
  await announce(trx, row, false);
  return row;
}

export function toState(row: DeploymentRow | DeploymentRevisionRow): DeploymentState {
  const { model_name: modelName, alias, version, serving, stopped } = row;
  // Stored settings have the parts of their time.
  return { modelName, alias, version, serving: { ...DEFAULT_SETTINGS, ...serving }, stopped };
}

/** Locks the row until the transaction ends. A transaction that also locks the model locks the deployment first. */
function lockDeployment(trx: Trx, { tenant, name }: DeploymentKey): Promise<DeploymentRow | undefined> {
  return trx
    .selectFrom('deployments')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
}

/** False if there was none. */
export async function deleteDeployment(trx: Trx, tenant: string, name: string): Promise<boolean> {
  const deleted = await trx
    .deleteFrom('deployments')
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirst();
  if (deleted === undefined) return false;
  await deleteRevisions(trx, { tenant, name });
  await announce(trx, { ...deleted, revision: deleted.revision + 1 }, true);
  return true;
}

async function announce(trx: Trx, row: DeploymentRow, deleted: boolean): Promise<void> {
  const { tenant, name, revision } = row;
  // The creation time distinguishes a recreated deployment from the old one of the same name.
  const aggregateVersion = row.create_time.getTime() * 1000 + revision;
  await appendEvent(trx, {
    type: 'deployment.changed',
    tenant,
    aggregateId: name,
    aggregateVersion,
    payload: { name, deleted },
  });
}
