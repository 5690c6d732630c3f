import { ExecutorAway, type Findings, type Waiting } from '../executors/executor.js';
import { listOver, noteWaiting } from '../store/leases.js';
import { type AttemptCare, excused, giveUp, lost, ownOpenAttempts, stopGivenUp, toGiven } from './attempt-care.js';

/** What could be seen of the attempts. Away and failed: which of them wait to begin is not known. */
export type Sight = 'clear' | 'away' | 'failed';

/** Asks where the attempts run what became of them: one that waits keeps its lease, one that is gone is given up. */
export async function lookAfter(care: AttemptCare): Promise<Sight> {
  const { executor, log } = care;
  const open = (await ownOpenAttempts(care)).map(toGiven);
  let findings: Findings;
  try {
    findings = await executor.observe(open);
  } catch (error) {
    log.error({ err: error }, 'attempts cannot be observed; those that wait to begin keep their place meanwhile');
    return error instanceof ExecutorAway ? 'away' : 'failed';
  }
  for (const waiting of findings.waiting) await keepWaiting(care, waiting);
  for (const { attemptId, reason, message } of findings.ended) await giveUp(care, attemptId, lost(reason, message));
  await stopStrays(care, findings.strays);
  return 'clear';
}

async function keepWaiting(care: AttemptCare, waiting: Waiting): Promise<void> {
  const { db, leaseMs, log, executor } = care;
  const { attemptId, reason, message } = waiting;
  const noted = await db.transaction().execute(trx => noteWaiting(trx, { ...waiting, leaseMs }));
  if (noted === 'noted') log.info({ attemptId, reason }, message);
  // Nobody is there yet who could be told to stop.
  if (noted !== 'cancelled') return;
  await giveUp(care, attemptId, excused('Cancelled', 'it was cancelled before its pod began'));
  await stopGivenUp(care, { attemptId, executorRef: executor.place });
}

/** An attempt that has ended by itself has a lease's time to say its last words and leave. */
async function stopStrays(care: AttemptCare, strays: readonly string[]): Promise<void> {
  const { db, leaseMs, log, executor } = care;
  const over = await listOver(db, strays, leaseMs);
  await Promise.all(
    over.map(async attemptId => {
      log.warn({ attemptId }, 'what is left of an attempt that is over is stopped');
      await stopGivenUp(care, { attemptId, executorRef: executor.place });
    }),
  );
}
