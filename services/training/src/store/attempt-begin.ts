import { leaseEnd } from '@athanor/database';
import { sql } from 'kysely';
import { type AttemptRow, changeJob, type Db, type Trx } from './jobs.js';
import { listOpenAttempts } from './leases.js';

/** Maximum numbers of attempts at a place. */
export interface Room {
  /** That run or are starting. */
  readonly slots: number;
  /** In total, including blocked ones. */
  readonly maxOpen: number;
  owns(executorRef: string): boolean;
}

/** An attempt that is about to be started. */
export interface BegunAttempt {
  readonly attemptId: string;
  /** Executor.place */
  readonly place: string;
  readonly room: Room;
  readonly leaseMs: number;
}

/**
 * Takes the oldest queued job and creates a new attempt of it. Returns undefined if no job is queued or the place has
 * no capacity. Safe with many dispatchers: those of one place count and create attempts one after the other.
 */
export async function beginAttempt(trx: Trx, begun: BegunAttempt): Promise<AttemptRow | undefined> {
  await sql`select pg_advisory_xact_lock(hashtext('training.begin'), hashtext(${begun.place}))`.execute(trx);
  if (!(await hasRoom(trx, begun.room))) return undefined;
  const job = await trx
    .selectFrom('jobs')
    .selectAll()
    .where('state', '=', 'STATE_QUEUED')
    .where(eb => eb.or([eb('not_before', 'is', null), eb('not_before', '<=', sql<Date>`now()`)]))
    .orderBy('create_time')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (job === undefined) return undefined;
  const epoch = job.attempt_epoch + 1;
  const message = `attempt ${epoch}`;
  await changeJob(trx, job, {
    state: 'STATE_PENDING',
    reason: 'AttemptStarted',
    message,
    columns: { attempt_epoch: epoch },
  });
  return await trx
    .insertInto('attempts')
    .values({
      attempt_id: begun.attemptId,
      job_id: job.job_id,
      tenant: job.tenant,
      epoch,
      state: 'STATE_PENDING',
      resumed_from_step: 0,
      message: '',
      executor_ref: begun.place,
      lease_expires: leaseEnd(begun.leaseMs),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function hasRoom(trx: Trx, { slots, maxOpen, owns }: Room): Promise<boolean> {
  const open = (await listOpenAttempts(trx)).filter(({ executor_ref }) => owns(executor_ref));
  const active = open.filter(({ state, blocked }) => state === 'STATE_RUNNING' || !blocked);
  return active.length < slots && open.length < maxOpen;
}

export async function setExecutorRef(db: Db, attemptId: string, executorRef: string): Promise<void> {
  await db.updateTable('attempts').set({ executor_ref: executorRef }).where('attempt_id', '=', attemptId).execute();
}
