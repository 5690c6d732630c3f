import type { EpochMetrics, TrainingSpec, TrainingSpecInput } from '@athanor/contracts/training';
import { jsonb } from '@athanor/database';
import { appendEvent } from '@athanor/events';
import type { Page } from '@athanor/service';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { hasEnded, type JobState, mayChange } from '../jobs/job-state.js';
import type { AttemptTable, JobTable, TrainingTables, TransitionTable } from './tables.js';

export type Db = Kysely<TrainingTables>;
export type Trx = Transaction<TrainingTables>;
export type JobRow = Selectable<JobTable>;
export type AttemptRow = Selectable<AttemptTable>;
export type TransitionRow = Selectable<TransitionTable>;

/** A job to insert. */
export interface NewJob {
  readonly jobId: string;
  readonly tenant: string;
  readonly modelName: string;
  readonly spec: TrainingSpecInput;
  readonly requestId: string;
  readonly fingerprint: string;
}

/** A change of a job's state, with the columns that change with it. */
export interface JobChange {
  readonly state: JobState;
  readonly phase?: string;
  readonly reason: string;
  readonly message: string;
  readonly columns?: { readonly error?: { code: number; message: string }; readonly attempt_epoch?: number };
}

/** Also finds deleted jobs. */
export function findJob(db: Db, tenant: string, jobId: string): Promise<JobRow | undefined> {
  return db.selectFrom('jobs').selectAll().where('tenant', '=', tenant).where('job_id', '=', jobId).executeTakeFirst();
}

export function findJobByRequest(db: Db, tenant: string, requestId: string): Promise<JobRow | undefined> {
  return db
    .selectFrom('jobs')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
}

/** The columns of a job in a list: none that grow with the job's length. */
export type JobSummaryRow = Pick<JobRow, (typeof SUMMARY)[number]>;
const SUMMARY = [
  'job_id',
  'model_name',
  'spec',
  'state',
  'phase',
  'progress',
  'error',
  'create_time',
  'end_time',
] as const;

/** Newest first, one row more than the page size; ids sort by creation time. */
export function listJobs(db: Db, tenant: string, page: Page<string>): Promise<JobSummaryRow[]> {
  let query = db.selectFrom('jobs').select(SUMMARY).where('tenant', '=', tenant).where('delete_time', 'is', null);
  if (page.after !== undefined) query = query.where('job_id', '<', page.after);
  return query
    .orderBy('job_id', 'desc')
    .limit(page.size + 1)
    .execute();
}

export async function insertJob(trx: Trx, job: NewJob): Promise<JobRow> {
  const row = await trx
    .insertInto('jobs')
    .values({
      job_id: job.jobId,
      tenant: job.tenant,
      model_name: job.modelName,
      spec: jsonb(job.spec as TrainingSpec),
      state: 'STATE_QUEUED',
      phase: '',
      attempt_epoch: 0,
      progress: jsonb({}),
      request_id: job.requestId === '' ? null : job.requestId,
      fingerprint: job.fingerprint,
      revision: 1,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await insertTransition(trx, job.jobId, {
    state: 'STATE_QUEUED',
    reason: 'Created',
    message: 'waits for a free executor slot',
  });
  const { jobId, tenant } = job;
  await appendEvent(trx, {
    type: 'training.job.queued',
    tenant,
    aggregateId: jobId,
    aggregateVersion: 1,
    payload: { jobId },
  });
  return row;
}

/** Locks a job until the transaction ends. */
export function lockJob(trx: Trx, jobId: string): Promise<JobRow> {
  return trx.selectFrom('jobs').selectAll().where('job_id', '=', jobId).forUpdate().executeTakeFirstOrThrow();
}

/** Changes the state of a locked job. Throws if the job has ended or the transition is not allowed, which is a bug. */
export async function changeJob(trx: Trx, job: JobRow, change: JobChange): Promise<void> {
  if (!mayChange(job.state, change.state))
    throw new Error(`job ${job.job_id} cannot go from ${job.state} to ${change.state}`);
  const { error, attempt_epoch } = change.columns ?? {};
  await trx
    .updateTable('jobs')
    .set({
      state: change.state,
      phase: change.phase ?? '',
      revision: sql`revision + 1`,
      ...(error && { error: jsonb(error) }),
      ...(attempt_epoch && { attempt_epoch }),
      ...(hasEnded(change.state) && { end_time: new Date() }),
    })
    .where('job_id', '=', job.job_id)
    .execute();
  await insertTransition(trx, job.job_id, change);
  if (hasEnded(change.state) && change.state !== 'STATE_SUCCEEDED') await announceEnd(trx, job, change);
}

async function announceEnd(trx: Trx, { job_id: jobId, tenant }: JobRow, { state, message }: JobChange): Promise<void> {
  const payload = { jobId, state, message };
  await appendEvent(trx, { type: 'training.job.ended', tenant, aggregateId: jobId, aggregateVersion: 3, payload });
}

/** Records the job's new phase. */
export async function changePhase(trx: Trx, job: JobRow, phase: string): Promise<void> {
  await trx.updateTable('jobs').set({ phase, revision: sql`revision + 1` }).where('job_id', '=', job.job_id).execute();
  await insertTransition(trx, job.job_id, { state: job.state, phase, reason: 'Phase', message: '' });
}

/** Records why a job is in its state. False if that was the last thing recorded. */
export async function changeReason(
  trx: Trx,
  job: JobRow,
  { reason, message }: { reason: string; message: string },
): Promise<boolean> {
  const { job_id: jobId, state, phase } = job;
  const last = await trx
    .selectFrom('transitions')
    .select(['reason', 'message'])
    .where('job_id', '=', jobId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last?.reason === reason && last.message === message) return false;
  await trx.updateTable('jobs').set({ revision: sql`revision + 1` }).where('job_id', '=', jobId).execute();
  await insertTransition(trx, jobId, { state, phase, reason, message });
  return true;
}

async function insertTransition(trx: Trx, jobId: string, change: JobChange): Promise<void> {
  const { state, phase = '', reason, message } = change;
  await trx.insertInto('transitions').values({ job_id: jobId, state, phase, reason, message }).execute();
}

export function listTransitions(db: Db, jobId: string): Promise<TransitionRow[]> {
  return db.selectFrom('transitions').selectAll().where('job_id', '=', jobId).orderBy('id').execute();
}

export function listAttempts(db: Db, jobId: string): Promise<AttemptRow[]> {
  return db.selectFrom('attempts').selectAll().where('job_id', '=', jobId).orderBy('epoch').execute();
}

/** Oldest first, only those after epoch `after`, at most `limit`. */
export async function listEpochs(
  db: Db,
  jobId: string,
  { after, limit }: { after: number; limit: number },
): Promise<EpochMetrics[]> {
  const rows = await db
    .selectFrom('epochs')
    .select('metrics')
    .where('job_id', '=', jobId)
    .where('epoch', '>', after)
    .orderBy('epoch')
    .limit(limit)
    .execute();
  return rows.map(row => row.metrics);
}
