import { encodeEvent } from '@athanor/contracts';
import type { TrainingJobSucceeded, TrainingResult } from '@athanor/contracts/training';
import { jsonb, leaseEnd } from '@athanor/database';
import { appendEvent } from '@athanor/events';
import type { AttemptEnd } from '../attempts/attempt-state.js';
import { retryPauseMs, stateAfterAttempt } from '../jobs/job-state.js';
import type { HeldJob } from './attempts.js';
import { type AttemptRow, changeJob, type Trx } from './jobs.js';

/** Ends the job with its result and appends the event, in one transaction. */
export async function completeJob(trx: Trx, { attempt, job }: HeldJob, result: TrainingResult): Promise<void> {
  await closeAttempt(trx, attempt, { state: 'STATE_FINISHED', message: '' });
  await trx
    .updateTable('jobs')
    .set({ result: jsonb(result) })
    .where('job_id', '=', job.job_id)
    .execute();
  await changeJob(trx, job, { state: 'STATE_SUCCEEDED', reason: 'Completed', message: '' });
  const { job_id: jobId, tenant, model_name: modelName } = job;
  const payload = succeededPayload({ jobId, modelName, spec: job.spec, result });
  await appendEvent(trx, { type: 'training.job.succeeded', tenant, aggregateId: jobId, aggregateVersion: 2, payload });
}

/** The previous release reads spec and result from the event. They are left out of an event larger than this. */
const MAX_SUCCEEDED_BYTES = 256 * 1024;

function succeededPayload(payload: TrainingJobSucceeded): TrainingJobSucceeded {
  const isSmall = encodeEvent('training.job.succeeded', payload).length <= MAX_SUCCEEDED_BYTES;
  return isSmall ? payload : { ...payload, spec: null, result: null };
}

/** Ends an attempt without a result; the job is queued again, cancelled or failed. */
export async function endAttempt(
  trx: Trx,
  { attempt, job }: HeldJob,
  end: AttemptEnd & { maxAttempts: number },
): Promise<void> {
  await closeAttempt(trx, attempt, { state: end.state, message: end.message });
  const failedAttempts = await countFailed(trx, job.job_id);
  const state = stateAfterAttempt({ state: job.state, failedAttempts }, end);
  const error = state === 'STATE_FAILED' ? { error: { code: end.code, message: end.message } } : {};
  await changeJob(trx, job, { state, reason: end.reason, message: end.message, columns: error });
  const pauseMs = end.pauseMs ?? (end.state === 'STATE_FINISHED' ? 0 : retryPauseMs(failedAttempts));
  if (state !== 'STATE_QUEUED' || pauseMs === 0) return;
  const not_before = leaseEnd(pauseMs);
  await trx.updateTable('jobs').set({ not_before }).where('job_id', '=', job.job_id).execute();
}

/**
 * Consecutive failed attempts without new steps; a checkpoint of a step that no attempt had reached resets the count.
 */
async function countFailed(trx: Trx, jobId: string): Promise<number> {
  const { count } = await trx
    .selectFrom('attempts')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('job_id', '=', jobId)
    .where('state', 'in', ['STATE_ERRORED', 'STATE_ABORTED'])
    .where('epoch', '>=', eb =>
      eb
        .selectFrom('checkpoints')
        .select(({ fn, lit }) => fn.coalesce(fn.max('attempt_epoch'), lit(0)).as('epoch'))
        .where('job_id', '=', jobId),
    )
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function closeAttempt(
  trx: Trx,
  attempt: AttemptRow,
  end: { state: AttemptRow['state']; message: string },
): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ ...end, end_time: new Date() })
    .where('attempt_id', '=', attempt.attempt_id)
    .execute();
}
