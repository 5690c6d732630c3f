import { ExecutorUnavailable, type Findings, type Waiting } from '../executors/executor.js';
import { listEnded, noteWaiting } from '../store/leases.js';
import {
  type AttemptScope,
  finished,
  giveUp,
  lost,
  ownOpenAttempts,
  stopGivenUp,
  toGiven,
} from './attempt-lifecycle.js';

/** Whether the observation succeeded; if not, it is unknown which attempts wait to start. */
export type Observation = 'clear' | 'unavailable' | 'failed';

/** Asks the executor about the open attempts: a waiting attempt keeps its lease, a missing one is given up. */
export async function observeAttempts(scope: AttemptScope): Promise<Observation> {
  const { executor, log } = scope;
  const open = (await ownOpenAttempts(scope)).map(toGiven);
  let findings: Findings;
  try {
    findings = await executor.observe(open);
  } catch (error) {
    log.error({ err: error }, 'attempts cannot be observed; those that wait to start stay open');
    return error instanceof ExecutorUnavailable ? 'unavailable' : 'failed';
  }
  for (const waiting of findings.waiting) await keepWaiting(scope, waiting);
  for (const { attemptId, reason, message } of findings.ended) await giveUp(scope, attemptId, lost(reason, message));
  await stopStrays(scope, findings.strays);
  return 'clear';
}

async function keepWaiting(scope: AttemptScope, waiting: Waiting): Promise<void> {
  const { db, leaseMs, log, executor } = scope;
  const { attemptId, reason, message } = waiting;
  const noted = await db.transaction().execute(trx => noteWaiting(trx, { ...waiting, leaseMs }));
  if (noted === 'noted') log.info({ attemptId, reason }, message);
  // There is no process yet that could be asked to stop.
  if (noted !== 'cancelled') return;
  await giveUp(scope, attemptId, finished('Cancelled', 'it was cancelled before its pod started'));
  await stopGivenUp(scope, { attemptId, executorRef: executor.place });
}

/**
 * Stops what is left of ended attempts. An attempt that ended by itself gets the time of one lease to report and exit.
 */
async function stopStrays(scope: AttemptScope, strays: readonly string[]): Promise<void> {
  const { db, leaseMs, log, executor } = scope;
  const ended = await listEnded(db, strays, leaseMs);
  await Promise.all(
    ended.map(async attemptId => {
      log.warn({ attemptId }, 'stopping what is left of an attempt that has ended');
      await stopGivenUp(scope, { attemptId, executorRef: executor.place });
    }),
  );
}
