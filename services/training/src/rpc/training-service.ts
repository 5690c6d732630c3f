import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStore } from '@athanor/blobs';
import type { Stub } from '@athanor/client';
import type { ServiceImplementation } from '@athanor/contracts';
import type { DatasetVersion } from '@athanor/contracts/ingest';
import type { CreateTrainingJobRequest, TrainingSpec } from '@athanor/contracts/training';
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
  toPage,
} from '@athanor/service';
import { checkDataset, checkSpec } from '../jobs/check-spec.js';
import { newJobId } from '../jobs/job-id.js';
import { hasEnded } from '../jobs/job-state.js';
import { ownsBlob } from '../store/attempts.js';
import {
  changeJob,
  type Db,
  findJob,
  findJobByRequest,
  insertJob,
  type JobRow,
  listEpochs,
  listJobs,
  lockJob,
} from '../store/jobs.js';
import { describeJob } from './mapping.js';
import { toRpcFailure } from './peer-error.js';

export interface TrainingDependencies {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly ingest: Stub<'ingest'>;
  /** Threads of a job whose request leaves them open. */
  readonly defaultCpuThreads: number;
  readonly maxCpuThreads: number;
  /** Something was committed that the dispatcher and the outbox must see. */
  readonly onChanged: () => void;
  /** Between equal messages of a watch. Default 30 s. */
  readonly watchRepeatMs?: number;
}

const WATCH_INTERVAL_MS = 200;
/** A watch says the same again so often: a silent stream would be taken for a dead one, here or on the way. */
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

    async getTrainingJob({ jobId }, { tenant }) {
      return { job: await describeJob(db, await expectJob(db, tenant, jobId)) };
    },

    async listTrainingJobs(request, { tenant }) {
      const page = readPage(request, 'string');
      const { rows, nextPageToken } = toPage(await listJobs(db, tenant, page), page, row => row.job_id);
      return { jobs: await Promise.all(rows.map(row => describeJob(db, row))), nextPageToken };
    },

    async cancelTrainingJob({ jobId }, { tenant, principal }) {
      await expectJob(db, tenant, jobId);
      await db.transaction().execute(async trx => {
        const job = await lockJob(trx, jobId);
        if (hasEnded(job.state) || job.state === 'STATE_CANCELLING') return;
        const state = job.state === 'STATE_QUEUED' ? 'STATE_CANCELLED' : 'STATE_CANCELLING';
        await changeJob(trx, job, {
          state,
          phase: job.phase,
          reason: 'CancelRequested',
          message: `by ${principal.actor}`,
        });
      });
      onChanged();
      return { job: await describeJob(db, await expectJob(db, tenant, jobId)) };
    },

    async *watchTrainingJob({ jobId }, { tenant, signal }) {
      let revision = -1;
      let sentEpochs = 0;
      let sentAt = 0;
      for (;;) {
        const row = await expectJob(db, tenant, jobId);
        if (row.revision !== revision || performance.now() - sentAt >= watchRepeatMs) {
          sentAt = performance.now();
          revision = row.revision;
          const epochs = (await listEpochs(db, jobId)).slice(sentEpochs);
          sentEpochs += epochs.length;
          yield { job: await describeJob(db, row), epochs };
        }
        if (hasEnded(row.state)) return;
        await sleep(WATCH_INTERVAL_MS, undefined, { signal });
      }
    },

    async *readJobArtifact({ jobId, digest }, { tenant, signal }) {
      await expectJob(db, tenant, jobId);
      if (!(await ownsBlob(db, jobId, digest))) throw notFound('artifact', digest, `job ${jobId} names no such file`);
      for await (const chunk of blobs.get(digest, { signal })) yield { chunk: Buffer.from(chunk) };
    },
  };
}

async function createJob(
  request: CreateTrainingJobRequest,
  context: CallContext,
  dependencies: TrainingDependencies,
): Promise<JobRow> {
  const { db, maxCpuThreads, defaultCpuThreads } = dependencies;
  const { requestId, spec } = request;
  const { tenant } = context;
  const modelName = checkResourceId('model_name', request.modelName);
  if (spec === null) throw invalidFields([{ field: 'spec', description: 'expected a training spec, got none' }]);
  checkSpec(spec, maxCpuThreads);
  const fingerprint = requestFingerprint(request);
  const earlier = requestId === '' ? undefined : await findJobByRequest(db, tenant, requestId);
  if (earlier !== undefined) {
    checkSameRequest(requestId, earlier.fingerprint, fingerprint);
    return earlier;
  }
  const version = await resolveDataset(spec, context, dependencies);
  checkDataset(version);
  const resolved: TrainingSpec = {
    ...spec,
    datasetVersion: version.version,
    datasetDigest: version.digest,
    cpuThreads: spec.cpuThreads || defaultCpuThreads,
  };
  const job = { jobId: newJobId(Date.now()), tenant, modelName, spec: resolved, requestId, fingerprint };
  const insert = db.transaction().execute(trx => insertJob(trx, job));
  return await insert.catch(async (error: unknown) => {
    // The same request came twice at once: the other one was faster.
    const twin = isDatabaseError(error, 'unique_violation') && (await findJobByRequest(db, tenant, requestId));
    if (!twin) throw error;
    checkSameRequest(requestId, twin.fingerprint, fingerprint);
    return twin;
  });
}

async function resolveDataset(
  spec: TrainingSpec,
  context: CallContext,
  { ingest }: TrainingDependencies,
): Promise<DatasetVersion> {
  const { datasetId, datasetVersion: version } = spec;
  const answer = await ingest.getDatasetVersion({ datasetId, version }, context.outgoing()).catch(error => {
    throw toRpcFailure(error);
  });
  if (answer.datasetVersion === null) throw new Error('ingest answered without a dataset version');
  return answer.datasetVersion;
}

async function expectJob(db: Db, tenant: string, jobId: string): Promise<JobRow> {
  const row = await findJob(db, tenant, jobId);
  if (row === undefined) throw notFound('training job', jobId, 'list the jobs with: athanor job list');
  return row;
}
