import { crashPoint, type TokenAuthority } from '@athanor/service';
import { ExecutorUnavailable } from '../executors/executor.js';
import { beginAttempt, setExecutorRef } from '../store/attempt-begin.js';
import { type AttemptScope, finished, giveUp, lost } from './attempt-lifecycle.js';
import { newAttemptId } from './job-id.js';

/** Nothing: no job is queued, or no slot is free. Unavailable: the executor cannot start attempts now. */
export type Start = 'tried' | 'nothing' | 'unavailable';

/** Delay of a job after its attempt could not be started because the executor was unavailable. */
const UNAVAILABLE_PAUSE_MS = 5_000;

/** Creates an attempt of the oldest queued job and starts it. */
export async function startNext(scope: AttemptScope, tokens: TokenAuthority): Promise<Start> {
  const { db, leaseMs, log, executor } = scope;
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
    const isUnavailable = error instanceof ExecutorUnavailable;
    const { message } = error as Error;
    log.error({ jobId, attemptId, err: error }, 'the attempt could not be started');
    const end = isUnavailable
      ? {
          ...finished('ExecutorUnavailable', `the executor was unavailable: ${message}`),
          pauseMs: UNAVAILABLE_PAUSE_MS,
        }
      : lost('StartFailed', `it could not be started: ${message}`);
    await giveUp(scope, attemptId, end);
    return isUnavailable ? 'unavailable' : 'tried';
  }
}
