// How the dispatcher ends attempts: first in the database, then where they run.
import { ServiceError, type Telemetry } from '@athanor/service';
import type { AttemptEnd } from '../attempts/attempt-state.js';
import type { Executor, GivenAttempt } from '../executors/executor.js';
import { endAttempt } from '../store/attempt-end.js';
import { holdJob } from '../store/attempts.js';
import type { AttemptRow, Db } from '../store/jobs.js';
import { listOpenAttempts } from '../store/leases.js';

/** Dependencies of the functions that manage attempts. */
export interface AttemptScope {
  readonly db: Db;
  readonly log: Telemetry['log'];
  readonly leaseMs: number;
  readonly maxAttempts: number;
  readonly executor: Executor;
}

/** gRPC UNAVAILABLE: the code of a job that fails because its attempts were lost. */
const LOST = 14;

export function lost(reason: string, message: string): AttemptEnd {
  return { state: 'STATE_ABORTED', code: LOST, reason, message, retryable: true };
}

/** An end that does not count as a failure of the job. */
export function finished(reason: string, message: string): AttemptEnd {
  return { ...lost(reason, message), state: 'STATE_FINISHED' };
}

/** Records that an attempt is gone. Returns false and changes nothing if it ended by itself in the meantime. */
export async function giveUp({ db, maxAttempts, log }: AttemptScope, id: string, end: AttemptEnd): Promise<boolean> {
  const given = await db.transaction().execute(async trx => {
    const held = await holdJob(trx, id, undefined).catch(unlessStale);
    if (held === undefined) return false;
    await endAttempt(trx, held, { ...end, maxAttempts });
    return true;
  });
  if (given) log.warn({ attemptId: id, reason: end.reason }, end.message);
  return given;
}

/**
 * Stops an attempt that was given up. It can commit nothing any more, so if the stop fails only its slot stays taken,
 * and the attempt is found later as a stray.
 */
export async function stopGivenUp({ executor, log }: AttemptScope, given: GivenAttempt): Promise<void> {
  await executor.stop(given).catch(error => {
    log.error({ attemptId: given.attemptId, err: error }, 'could not stop an attempt that was given up');
  });
}

/** Open attempts that this executor started. Another replica recovers its own; if it is gone, their leases expire. */
export async function ownOpenAttempts({ db, executor }: AttemptScope): Promise<AttemptRow[]> {
  return (await listOpenAttempts(db)).filter(({ executor_ref }) => executor.owns(executor_ref));
}

export function toGiven({ attempt_id, executor_ref }: AttemptRow): GivenAttempt {
  return { attemptId: attempt_id, executorRef: executor_ref };
}

/** The attempt has already ended if it does not hold its job any more; every other error is passed on. */
function unlessStale(error: unknown): undefined {
  if (!(error instanceof ServiceError && error.data.reason === 'STALE_ATTEMPT')) throw error;
}
