// What everything that the dispatcher does with an attempt needs, and the two ways to be done with one.
import { ServiceError, type Telemetry } from '@athanor/service';
import type { AttemptEnd } from '../attempts/attempt-state.js';
import type { Executor, GivenAttempt } from '../executors/executor.js';
import { endAttempt } from '../store/attempt-end.js';
import { holdJob } from '../store/attempts.js';
import type { AttemptRow, Db } from '../store/jobs.js';
import { listOpenAttempts } from '../store/leases.js';

export interface AttemptCare {
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

/** It ends, and that is no failure of its job. */
export function excused(reason: string, message: string): AttemptEnd {
  return { ...lost(reason, message), state: 'STATE_FINISHED' };
}

/** Notes that an attempt is gone. False where it has ended properly meanwhile, and stays as it is. */
export async function giveUp({ db, maxAttempts, log }: AttemptCare, id: string, end: AttemptEnd): Promise<boolean> {
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
 * Stops an attempt that was given up: it can commit nothing any more, so that a stop that fails does no harm but to the
 * room that it holds. What is left is a stray.
 */
export async function stopGivenUp({ executor, log }: AttemptCare, given: GivenAttempt): Promise<void> {
  await executor.stop(given).catch(error => {
    log.error({ attemptId: given.attemptId, err: error }, 'an attempt that was given up could not be stopped');
  });
}

/** Another replica's attempts are its own business, and its leases' when it is gone. */
export async function ownOpenAttempts({ db, executor }: AttemptCare): Promise<AttemptRow[]> {
  return (await listOpenAttempts(db)).filter(({ executor_ref }) => executor.owns(executor_ref));
}

export function toGiven({ attempt_id, executor_ref }: AttemptRow): GivenAttempt {
  return { attemptId: attempt_id, executorRef: executor_ref };
}

/** An attempt that does not hold its job any more needs no end; any other trouble is one. */
function unlessStale(error: unknown): undefined {
  if (!(error instanceof ServiceError && error.data.reason === 'STALE_ATTEMPT')) throw error;
}
