// Which attempts are open, and when their leases expire, by the database's clock.
import { leaseEnd } from '@athanor/database';
import { sql } from 'kysely';
import { type AttemptRow, changeReason, type Db, lockJob, type Trx } from './jobs.js';

const OPEN = ['STATE_PENDING', 'STATE_RUNNING'] as const;

/** Attempts that have not ended, according to the database. */
export function listOpenAttempts(db: Db): Promise<AttemptRow[]> {
  return db.selectFrom('attempts').selectAll().where('state', 'in', OPEN).execute();
}

export function listExpiredAttempts(db: Db): Promise<AttemptRow[]> {
  return db
    .selectFrom('attempts')
    .selectAll()
    .where('state', 'in', OPEN)
    .where('lease_expires', '<', sql<Date>`now()`)
    .execute();
}

/** The given attempts that are unknown, or that ended at least `graceMs` ago, so that their process had time to exit. */
export async function listEnded(db: Db, attemptIds: readonly string[], graceMs: number): Promise<string[]> {
  if (attemptIds.length === 0) return [];
  const alive = await db
    .selectFrom('attempts')
    .select('attempt_id')
    .where('attempt_id', 'in', attemptIds)
    .where(eb =>
      eb.or([eb('state', 'in', OPEN), eb('end_time', '>', sql<Date>`now() - ${graceMs} * interval '1 millisecond'`)]),
    )
    .execute();
  const kept = new Set(alive.map(({ attempt_id }) => attempt_id));
  return attemptIds.filter(attemptId => !kept.has(attemptId));
}

export async function databaseTime(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select now() as now`.execute(db);
  return (rows[0] as { now: Date }).now;
}

/** Gives every open attempt a whole lease from now on. */
export async function renewLeases(db: Db, leaseMs: number): Promise<void> {
  await db
    .updateTable('attempts')
    .set({ lease_expires: leaseEnd(leaseMs) })
    .where('state', 'in', OPEN)
    .where('lease_expires', '<', leaseEnd(leaseMs))
    .execute();
}

/** Why an attempt cannot start. */
export interface WaitingAttempt {
  readonly attemptId: string;
  readonly reason: string;
  readonly message: string;
  /** Waiting.isBlocked */
  readonly isBlocked: boolean;
  readonly leaseMs: number;
}

/** Known: nothing changed, or the attempt started or ended meanwhile. Cancelled: it must not start any more. */
export type Noted = 'known' | 'noted' | 'cancelled';

/** Extends the lease of an attempt that cannot start yet, and records why. */
export async function noteWaiting(trx: Trx, waiting: WaitingAttempt): Promise<Noted> {
  const { attemptId, reason, message, isBlocked, leaseMs } = waiting;
  const select = trx.selectFrom('attempts').select(['job_id', 'state']).where('attempt_id', '=', attemptId);
  const found = await select.executeTakeFirst();
  if (found === undefined) return 'known';
  const job = await lockJob(trx, found.job_id);
  // Read again under the lock.
  const { state } = await select.executeTakeFirstOrThrow();
  if (state !== 'STATE_PENDING') return 'known';
  if (job.state === 'STATE_CANCELLING') return 'cancelled';
  await trx
    .updateTable('attempts')
    .set({ lease_expires: leaseEnd(leaseMs), blocked: isBlocked })
    .where('attempt_id', '=', attemptId)
    .execute();
  return (await changeReason(trx, job, { reason, message })) ? 'noted' : 'known';
}
