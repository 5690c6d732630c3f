import { crashPoint, type TokenAuthority } from '@athanor/service';
import { ExecutorAway } from '../executors/executor.js';
import { beginAttempt, setExecutorRef } from '../store/attempt-begin.js';
import { type AttemptCare, excused, giveUp, lost } from './attempt-care.js';
import { newAttemptId } from './job-id.js';

/** Nothing: no job is queued, or there is no room. Away: it is of no use to try another one now. */
export type Start = 'tried' | 'nothing' | 'away';

/** How long a job waits whose attempt could not be started because its executor was away. */
const AWAY_PAUSE_MS = 5_000;

/** Begins an attempt of the oldest queued job and starts it. */
export async function startNext(care: AttemptCare, tokens: TokenAuthority): Promise<Start> {
  const { db, leaseMs, log, executor } = care;
  const { place } = executor;
  const attempt = await db
    .transaction()
    .execute(trx => beginAttempt(trx, { attemptId: newAttemptId(), place, room: executor, leaseMs }));
  if (attempt === undefined) return 'nothing';
  crashPoint('training.after-begin');
  const { attempt_id: attemptId, job_id: jobId, tenant } = attempt;
  try {
    const token = await tokens.attemptToken(attemptId, tenant);
    const executorRef = await executor.start({ attemptId, jobId, token });
    await setExecutorRef(db, attemptId, executorRef);
    log.info({ jobId, attemptId, executorRef }, 'attempt started');
    return 'tried';
  } catch (error) {
    const isAway = error instanceof ExecutorAway;
    const { message } = error as Error;
    log.error({ jobId, attemptId, err: error }, 'the attempt could not be started');
    const end = isAway
      ? { ...excused('ExecutorAway', `it could not be started just now: ${message}`), pauseMs: AWAY_PAUSE_MS }
      : lost('StartFailed', `it could not be started: ${message}`);
    await giveUp(care, attemptId, end);
    return isAway ? 'away' : 'tried';
  }
}
