import type { Gate, GateResult } from '@athanor/contracts/registry';
import { jsonb } from '@athanor/database';
import { appendEvent } from '@athanor/events';
import type { Page } from '@athanor/service';
import { type Selectable, sql } from 'kysely';
import type { Db, Trx } from './models.js';
import type { AliasMoveTable, AliasTable } from './tables.js';

export type AliasRow = Selectable<AliasTable>;
export type AliasMoveRow = Selectable<AliasMoveTable>;

/** One alias of one model. */
export interface AliasKey {
  readonly tenant: string;
  readonly modelName: string;
  readonly alias: string;
}

/** A move that was allowed. */
export interface AllowedMove {
  readonly toVersion: number;
  readonly rollback: boolean;
  readonly actor: string;
  readonly reason: string;
  readonly gateResults: GateResult[];
  readonly requestId: string;
  readonly fingerprint: string;
}

export function listAliases(db: Db, tenant: string, modelName: string): Promise<AliasRow[]> {
  return db
    .selectFrom('aliases')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('model_name', '=', modelName)
    .where('version', '>', 0)
    .orderBy('alias')
    .execute();
}

/** Its version is 0 if its model was deleted since. */
export function findAlias(db: Db, { tenant, modelName, alias }: AliasKey): Promise<AliasRow | undefined> {
  return db
    .selectFrom('aliases')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('model_name', '=', modelName)
    .where('alias', '=', alias)
    .executeTakeFirst();
}

export function findMoveByRequest(db: Db, tenant: string, requestId: string): Promise<AliasMoveRow | undefined> {
  return db
    .selectFrom('alias_moves')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
}

/** Writes alias, history and event together. The caller holds the model's lock. */
export async function moveAlias(trx: Trx, key: AliasKey, move: AllowedMove): Promise<AliasMoveRow> {
  const { tenant, modelName, alias } = key;
  const current = await findAlias(trx, key);
  const pointer = { version: move.toVersion, revision: (current?.revision ?? 0) + 1, update_time: new Date() };
  await trx
    .insertInto('aliases')
    .values({ tenant, model_name: modelName, alias, ...pointer })
    .onConflict(c => c.columns(['tenant', 'model_name', 'alias']).doUpdateSet(pointer))
    .execute();
  const fromVersion = current?.version ?? 0;
  const row = await trx
    .insertInto('alias_moves')
    .values({
      tenant,
      model_name: modelName,
      alias,
      from_version: fromVersion,
      to_version: move.toVersion,
      rollback: move.rollback,
      actor: move.actor,
      reason: move.reason,
      gate_results: jsonb(move.gateResults),
      request_id: move.requestId === '' ? null : move.requestId,
      fingerprint: move.fingerprint,
      // Not now(), which is the start of the transaction, before it waited for the lock. Truncated to the precision
      // that callers receive.
      time: sql<Date>`date_trunc('milliseconds', clock_timestamp())`,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await appendEvent(trx, {
    type: 'model.alias.moved',
    tenant,
    // Neither name may contain an '@', so no two aliases share an id.
    aggregateId: `${modelName}@${alias}`,
    aggregateVersion: pointer.revision,
    payload: { modelName, alias, fromVersion, toVersion: move.toVersion, actor: move.actor },
  });
  return row;
}

/** Newest first, one row more than the page size; the key is the move's id. */
export function listMoves(db: Db, key: AliasKey, page: Page<number>): Promise<AliasMoveRow[]> {
  let query = db
    .selectFrom('alias_moves')
    .selectAll()
    .where('tenant', '=', key.tenant)
    .where('model_name', '=', key.modelName);
  if (key.alias !== '') query = query.where('alias', '=', key.alias);
  if (page.after !== undefined) query = query.where('id', '<', page.after);
  return query
    .orderBy('id', 'desc')
    .limit(page.size + 1)
    .execute();
}

export function allMovesOldestFirst(db: Db, key: AliasKey): Promise<AliasMoveRow[]> {
  return db
    .selectFrom('alias_moves')
    .selectAll()
    .where('tenant', '=', key.tenant)
    .where('model_name', '=', key.modelName)
    .where('alias', '=', key.alias)
    .orderBy('id')
    .execute();
}

/** The last move at or before a time. */
export function findMoveAt(db: Db, key: AliasKey, time: Date): Promise<AliasMoveRow | undefined> {
  return db
    .selectFrom('alias_moves')
    .selectAll()
    .where('tenant', '=', key.tenant)
    .where('model_name', '=', key.modelName)
    .where('alias', '=', key.alias)
    .where('time', '<=', time)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function listGates(db: Db, tenant: string, modelName: string): Promise<Gate[]> {
  const rows = await db
    .selectFrom('gates')
    .select('gate')
    .where('tenant', '=', tenant)
    .where('model_name', '=', modelName)
    .orderBy('alias')
    .orderBy('metric')
    .orderBy('split')
    .execute();
  return rows.map(row => row.gate);
}

export async function setGate(trx: Trx, { tenant, modelName }: Omit<AliasKey, 'alias'>, gate: Gate): Promise<void> {
  const { alias, metric } = gate;
  await trx
    .insertInto('gates')
    .values({ tenant, model_name: modelName, alias, metric, split: evaluationOf(gate), gate: jsonb(gate) })
    .onConflict(c => c.columns(['tenant', 'model_name', 'alias', 'metric', 'split']).doUpdateSet({ gate: jsonb(gate) }))
    .execute();
}

/** The key of a model's gate. */
export type GateKey = Pick<Gate, 'alias' | 'metric' | 'split' | 'datasetDigest'>;

/** False if there was none. */
export async function deleteGate(
  trx: Trx,
  { tenant, modelName }: Omit<AliasKey, 'alias'>,
  gate: GateKey,
): Promise<boolean> {
  const deletion = trx
    .deleteFrom('gates')
    .where('tenant', '=', tenant)
    .where('model_name', '=', modelName)
    .where('alias', '=', gate.alias)
    .where('metric', '=', gate.metric)
    .where('split', '=', evaluationOf(gate));
  return (await deletion.executeTakeFirst()).numDeletedRows > 0n;
}

/** The evaluation that a gate reads, as in the primary key of its row. */
function evaluationOf({ split, datasetDigest }: GateKey): string {
  return datasetDigest === '' ? split : `${split} ${datasetDigest}`;
}
