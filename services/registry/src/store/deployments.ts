import { appendEvent } from '@athanor/events';
import type { Page } from '@athanor/service';
import { type Selectable, sql } from 'kysely';
import type { Db, Trx } from './models.js';
import type { DeploymentTable } from './tables.js';

export type DeploymentRow = Selectable<DeploymentTable>;

export interface DeploymentTarget {
  readonly name: string;
  readonly modelName: string;
  readonly alias: string;
  readonly version: number;
}

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

/** Creates or changes a deployment; an unchanged one gets no event. */
export async function setDeployment(trx: Trx, tenant: string, target: DeploymentTarget): Promise<DeploymentRow> {
  const { name, modelName, alias, version } = target;
  const current = await trx
    .selectFrom('deployments')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
  if (current?.model_name === modelName && current.alias === alias && current.version === version) return current;
  const targetColumns = { model_name: modelName, alias, version };
  const row = await trx
    .insertInto('deployments')
    .values({ tenant, name, ...targetColumns, revision: 1 })
    // Computed by the database, because two transactions that create it concurrently do not see each other's row.
    .onConflict(c =>
      c
        .columns(['tenant', 'name'])
        .doUpdateSet(eb => ({ ...targetColumns, revision: eb('deployments.revision', '+', 1) })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  await announce(trx, row, false);
  return row;
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
