import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStore } from '@athanor/blobs';
import { describeFamily } from '@athanor/components';
import type { ServiceImplementation } from '@athanor/contracts';
import type { CreateTrainingJobRequest, EpochMetrics } from '@athanor/contracts/training';
import { isDatabaseError } from '@athanor/database';
import {
  type CallContext,
  checkResourceId,
  checkSameRequest,
  crashPoint,
  invalidFields,
  notFound,
  readPage,
  requestFingerprint,
  ServiceError,
  toPage,
} from '@athanor/service';
import { checkSpec } from '../jobs/check-spec.js';
import { FAMILIES } from '../jobs/families.js';
import { newJobId } from '../jobs/job-id.js';
import { hasEnded } from '../jobs/job-state.js';
import { ownsBlob } from '../store/attempts.js';
import { deleteJob } from '../store/deletion.js';
import { changeJob, findJobByRequest, insertJob, type JobRow, listEpochs, listJobs, lockJob } from '../store/jobs.js';
import { describeJob, summarizeJob, toKindMessage } from './mapping.js';
import { expectJob, type JobSources, jobNotFound, resolveJob } from './resolve-job.js';

export interface TrainingDependencies extends JobSources {
  readonly blobs: BlobStore;
  readonly maxCpuThreads: number;
  /** Called after a commit that the dispatcher or the outbox relay should react to. */
  readonly onChanged: () => void;
  /** Interval after which a watch repeats an unchanged job. Default 30 s. */
  readonly watchRepeatMs?: number;
}

const WATCH_INTERVAL_MS = 200;
/** Chunk size; far below gRPC's limit of 4 MiB. */
const MAX_WATCHED_EPOCHS = 1_000;
/** A watch repeats the last state after this time, so that an idle stream is not taken for a dead one. */
const WATCH_REPEAT_MS = 30_000;

export function trainingService(dependencies: TrainingDependencies): ServiceImplementation<'training', CallContext> {
  const { db, blobs, onChanged, watchRepeatMs = WATCH_REPEAT_MS } = dependencies;
  return {
    async createTrainingJob(request, context) {
      const row = await createJob(request, context, dependencies);
      crashPoint('training.after-create');
      onChanged();
      return { job: await describeJob(db, row) };
    },

    async getTrainingJob({ jobId }, caller) {
      return { job: await describeJob(db, await expectJob(db, caller, jobId)) };
    },

    async listTrainingJobs(request, { tenant }) {
      const page = readPage(request, 'string');
      const { rows, nextPageToken } = toPage(await listJobs(db, tenant, page), page, row => row.job_id);
      return { jobs: rows.map(summarizeJob), nextPageToken };
    },

    async listTrainingEpochs(request, { tenant, principal }) {
      const { job_id: jobId } = await expectJob(db, { tenant, principal }, request.jobId);
      const page = readPage(request, 'number');
      const found = await listEpochs(db, jobId, { after: page.after ?? 0, limit: page.size + 1 });
      const { rows: epochs, nextPageToken } = toPage(found, page, ({ epoch }) => epoch);
      return { epochs, nextPageToken };
    },

    async deleteTrainingJob({ jobId }, caller) {
      await expectJob(db, caller, jobId);
      await db.transaction().execute(async trx => {
        const job = await lockJob(trx, jobId);
        if (job.delete_time !== null) throw jobNotFound(jobId);
        if (!hasEnded(job.state)) throw stillOpen(job);
        await deleteJob(trx, job, caller.principal.actor);
      });
      onChanged();
      return {};
    },

    async cancelTrainingJob({ jobId }, caller) {
      await expectJob(db, caller, jobId);
      await db.transaction().execute(async trx => {
        const job = await lockJob(trx, jobId);
        if (hasEnded(job.state) || job.state === 'STATE_CANCELLING') return;
        const state = job.state === 'STATE_QUEUED' ? 'STATE_CANCELLED' : 'STATE_CANCELLING';
        await changeJob(trx, job, {
          state,
          phase: job.phase,
          reason: 'CancelRequested',
          message: `by ${caller.principal.actor}`,
        });
      });
      onChanged();
      return { job: await describeJob(db, await expectJob(db, caller, jobId)) };
    },

    async *watchTrainingJob({ jobId }, caller) {
      const { signal } = caller;
      let revision = -1;
      let lastEpoch = 0;
      let sentAt = 0;
      for (;;) {
        const row = await expectJob(db, caller, jobId);
        if (row.revision !== revision || performance.now() - sentAt >= watchRepeatMs) {
          sentAt = performance.now();
          revision = row.revision;
          const job = await describeJob(db, row);
          let epochs: EpochMetrics[];
          do {
            epochs = await listEpochs(db, jobId, { after: lastEpoch, limit: MAX_WATCHED_EPOCHS });
            lastEpoch = epochs.at(-1)?.epoch ?? lastEpoch;
            yield { job, epochs };
          } while (epochs.length === MAX_WATCHED_EPOCHS);
        }
        if (hasEnded(row.state)) return;
        await sleep(WATCH_INTERVAL_MS, undefined, { signal });
      }
    },

    async listComponents({ family }) {
      const wanted = FAMILIES.filter(({ name }) => family === '' || name === family);
      return { kinds: wanted.flatMap(describeFamily).map(toKindMessage) };
    },

    async resolveTrainingJob({ spec }, context) {
      if (spec === null)
        throw invalidFields([{ field: 'spec', description: 'expected a training spec, received none' }]);
      checkSpec(spec, dependencies.maxCpuThreads);
      return { spec: await resolveJob(spec, context, dependencies) };
    },

    async *readJobArtifact({ jobId, digest }, caller) {
      const { signal } = caller;
      await expectJob(db, caller, jobId);
      if (!(await ownsBlob(db, jobId, digest))) throw notFound('artifact', digest, `job ${jobId} has no such file`);
      for await (const chunk of blobs.get(digest, { signal })) yield { chunk: Buffer.from(chunk) };
    },
  };
}

async function createJob(
  request: CreateTrainingJobRequest,
  context: CallContext,
  dependencies: TrainingDependencies,
): Promise<JobRow> {
  const { db, maxCpuThreads } = dependencies;
  const { requestId, spec } = request;
  const { tenant } = context;
  const modelName = checkResourceId('model_name', request.modelName);
  if (spec === null) throw invalidFields([{ field: 'spec', description: 'expected a training spec, received none' }]);
  checkSpec(spec, maxCpuThreads);
  const fingerprint = requestFingerprint(request);
  const earlier = requestId === '' ? undefined : await findJobByRequest(db, tenant, requestId);
  if (earlier !== undefined) {
    checkSameRequest(requestId, earlier.fingerprint, fingerprint);
    return earlier;
  }
  const resolved = await resolveJob(spec, context, dependencies);
  const job = { jobId: newJobId(Date.now()), tenant, modelName, spec: resolved, requestId, fingerprint };
  const insert = db.transaction().execute(trx => insertJob(trx, job));
  return await insert.catch(async (error: unknown) => {
    // Two requests with the same id ran concurrently, and the other one inserted the job.
    const twin = isDatabaseError(error, 'unique_violation') && (await findJobByRequest(db, tenant, requestId));
    if (!twin) throw error;
    checkSameRequest(requestId, twin.fingerprint, fingerprint);
    return twin;
  });
}

function stillOpen({ job_id: jobId, state }: JobRow): ServiceError {
  const message = `job ${jobId} is ${state.replace('STATE_', '')}; cancel it and wait until it has ended: athanor job cancel ${jobId}`;
  return new ServiceError('FAILED_PRECONDITION', message, { reason: 'JOB_NOT_ENDED' });
}
