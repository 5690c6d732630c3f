import type { EpochMetrics, ProgressInput } from '@athanor/contracts/training';
import { jsonb, leaseEnd } from '@athanor/database';
import { ServiceError } from '@athanor/service/errors';
import { sql } from 'kysely';
import { type AttemptRow, changeJob, changePhase, type Db, type JobRow, lockJob, type Trx } from './jobs.js';

/** An attempt that still holds its job. */
export interface HeldJob {
  readonly attempt: AttemptRow;
  readonly job: JobRow;
}

/**
 * The attempt and its job, locked, if the attempt still holds it. An attempt with an older fencing token, or one that
 * was given up, gets ABORTED and can commit nothing any more.
 */
export async function holdJob(trx: Trx, attemptId: string, epoch: number | undefined): Promise<HeldJob> {
  const found = await trx
    .selectFrom('attempts')
    .select('job_id')
    .where('attempt_id', '=', attemptId)
    .executeTakeFirst();
  if (found === undefined) throw stale(attemptId, 'no such attempt exists');
  const job = await lockJob(trx, found.job_id);
  const attempt = await trx
    .selectFrom('attempts')
    .selectAll()
    .where('attempt_id', '=', attemptId)
    .executeTakeFirstOrThrow();
  const open = attempt.state === 'STATE_PENDING' || attempt.state === 'STATE_RUNNING';
  if (!open) throw stale(attemptId, `it has ended: ${attempt.message || attempt.state}`);
  if (attempt.epoch !== job.attempt_epoch) throw stale(attemptId, `attempt ${job.attempt_epoch} holds it now`);
  if (epoch !== undefined && epoch !== attempt.epoch)
    throw stale(attemptId, `expected its epoch ${attempt.epoch}, received ${epoch}`);
  return { attempt, job };
}

function stale(attemptId: string, why: string): ServiceError {
  return new ServiceError('ABORTED', `attempt ${attemptId} does not hold its job: ${why}; stop its process`, {
    reason: 'STALE_ATTEMPT',
  });
}

export async function claimJob(
  trx: Trx,
  { attempt, job }: HeldJob,
  claim: { resumedFromStep: number; leaseMs: number },
): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ state: 'STATE_RUNNING', resumed_from_step: claim.resumedFromStep, lease_expires: leaseEnd(claim.leaseMs) })
    .where('attempt_id', '=', attempt.attempt_id)
    .execute();
  if (job.state !== 'STATE_PENDING') return;
  const message = claim.resumedFromStep === 0 ? 'from the beginning' : `after step ${claim.resumedFromStep}`;
  await changeJob(trx, job, { state: 'STATE_RUNNING', phase: 'RESOLVING_DATA', reason: 'Claimed', message });
}

export async function extendLease(
  trx: Trx,
  { attempt, job }: HeldJob,
  beat: { phase: string; progress: ProgressInput | null; leaseMs: number },
): Promise<void> {
  const { attempt_id } = attempt;
  await trx
    .updateTable('attempts')
    .set({ lease_expires: leaseEnd(beat.leaseMs) })
    .where('attempt_id', '=', attempt_id)
    .execute();
  if (beat.phase !== '' && beat.phase !== job.phase) await changePhase(trx, job, beat.phase);
  if (beat.progress === null) return;
  const progress = { ...beat.progress, checkpointStep: job.progress.checkpointStep ?? 0 };
  await trx
    .updateTable('jobs')
    .set({ progress: jsonb(progress), revision: sql`revision + 1` })
    .where('job_id', '=', job.job_id)
    .execute();
}

/** An epoch that was already reported, by an attempt that died right after, keeps its first metrics. */
export async function recordEpoch(trx: Trx, { job }: HeldJob, metrics: EpochMetrics): Promise<void> {
  await trx
    .insertInto('epochs')
    .values({ job_id: job.job_id, epoch: metrics.epoch, metrics: jsonb(metrics) })
    .onConflict(c => c.doNothing())
    .execute();
  await trx.updateTable('jobs').set({ revision: sql`revision + 1` }).where('job_id', '=', job.job_id).execute();
}

export async function recordCheckpoint(
  trx: Trx,
  { attempt, job }: HeldJob,
  checkpoint: { step: number; digest: string },
): Promise<void> {
  const { step, digest } = checkpoint;
  await trx
    .insertInto('checkpoints')
    .values({ job_id: job.job_id, step, digest, attempt_epoch: attempt.epoch })
    // Keeps the attempt that reached the step first: only new steps reset the job's retry budget.
    .onConflict(c => c.columns(['job_id', 'step']).doUpdateSet({ digest }))
    .execute();
  await recordBlobs(trx, job.job_id, [digest]);
  const progress = { ...job.progress, checkpointStep: step };
  await trx
    .updateTable('jobs')
    .set({ progress: jsonb(progress), revision: sql`revision + 1` })
    .where('job_id', '=', job.job_id)
    .execute();
}

/** Newest first. */
export function listCheckpoints(db: Db, jobId: string): Promise<{ step: number; digest: string }[]> {
  return db
    .selectFrom('checkpoints')
    .select(['step', 'digest'])
    .where('job_id', '=', jobId)
    .orderBy('step', 'desc')
    .execute();
}

export async function recordBlobs(trx: Trx, jobId: string, digests: readonly string[]): Promise<void> {
  if (digests.length === 0) return;
  const rows = digests.map(digest => ({ job_id: jobId, digest }));
  await trx
    .insertInto('job_blobs')
    .values(rows)
    .onConflict(c => c.doNothing())
    .execute();
}

export async function ownsBlob(db: Db, jobId: string, digest: string): Promise<boolean> {
  const found = await db
    .selectFrom('job_blobs')
    .select('digest')
    .where('job_id', '=', jobId)
    .where('digest', '=', digest)
    .executeTakeFirst();
  return found !== undefined;
}
