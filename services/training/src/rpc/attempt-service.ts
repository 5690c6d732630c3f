import type { BlobStore } from '@athanor/blobs';
import type { Stub } from '@athanor/client';
import type { ServiceImplementation } from '@athanor/contracts';
import type { WriteBlobRequest } from '@athanor/contracts/training';
import { type CallContext, crashPoint, notFound, ServiceError } from '@athanor/service';
import { completeJob, endAttempt } from '../store/attempt-end.js';
import {
  claimJob,
  extendLease,
  type HeldJob,
  holdJob,
  listCheckpoints,
  ownsBlob,
  recordBlobs,
  recordCheckpoint,
  recordEpoch,
} from '../store/attempts.js';
import type { Db, Trx } from '../store/jobs.js';
import { toRpcFailure } from './peer-error.js';

export interface AttemptDependencies {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly ingest: Stub<'ingest'>;
  readonly registry: Stub<'registry'>;
  readonly leaseMs: number;
  readonly maxAttempts: number;
  /** Called when an attempt has ended and its slot is free. */
  readonly onEnded: () => void;
}

/**
 * The RPCs that attempts call. Each first verifies that the attempt still holds its job, under a lock of the job's row.
 */
export function attemptService(dependencies: AttemptDependencies): ServiceImplementation<'attempts', CallContext> {
  const { db, blobs, ingest, registry, leaseMs, maxAttempts, onEnded } = dependencies;

  /** Runs a step in a transaction in which the attempt holds its job. */
  async function held<T>(
    call: AttemptCall,
    { principal }: CallContext,
    step: (trx: Trx, held: HeldJob) => Promise<T>,
  ): Promise<T> {
    checkToken(principal.id, call.attemptId);
    return await db.transaction().execute(async trx => await step(trx, await holdJob(trx, call.attemptId, call.epoch)));
  }

  return {
    async claimAttempt({ attemptId }, context) {
      const jobId = await held({ attemptId }, context, async (_trx, { job }) => job.job_id);
      const checkpoint = await newestValid(await listCheckpoints(db, jobId), blobs, context);
      const resumedFromStep = checkpoint?.step ?? 0;
      return await held({ attemptId }, context, async (trx, holding) => {
        await claimJob(trx, holding, { resumedFromStep, leaseMs });
        const { attempt, job } = holding;
        const resume = { checkpointDigest: checkpoint?.digest ?? '', checkpointStep: resumedFromStep };
        return {
          jobId,
          spec: job.spec,
          epoch: attempt.epoch,
          ...resume,
          leaseMs,
        };
      });
    },

    async heartbeat({ attemptId, epoch, phase, progress }, context) {
      return await held({ attemptId, epoch }, context, async (trx, holding) => {
        await extendLease(trx, holding, { phase, progress, leaseMs });
        return { desiredState: holding.job.state === 'STATE_CANCELLING' ? 'DESIRED_STATE_STOP' : 'DESIRED_STATE_RUN' };
      });
    },

    async reportEpoch({ attemptId, epoch, metrics }, context) {
      await held({ attemptId, epoch }, context, async (trx, holding) => {
        if (metrics === null)
          throw new ServiceError('INVALID_ARGUMENT', 'metrics: expected the metrics of an epoch, received none');
        await recordEpoch(trx, holding, metrics);
      });
      return {};
    },

    async *readBlob({ attemptId, epoch, digest }, context) {
      const { job } = await held({ attemptId, epoch }, context, async (_trx, holding) => holding);
      if (digest !== '' && (await mayRead(db, job, digest))) {
        for await (const chunk of blobs.get(digest, { signal: context.signal })) yield { chunk: Buffer.from(chunk) };
        return;
      }
      const { datasetId, datasetVersion: version, evaluated, base } = job.spec;
      const imported = [evaluated?.imported, base].find(each => each?.files.some(file => file.digest === digest));
      try {
        if (imported) {
          const request = { versionDigest: imported.versionDigest, fileDigest: digest };
          yield* registry.readModelFile(request, context.outgoing());
          return;
        }
        yield* ingest.readDatasetBlob({ datasetId, version, digest }, context.outgoing());
      } catch (error) {
        throw toRpcFailure(error);
      }
    },

    async writeBlob(requests, context) {
      const iterator = requests[Symbol.asyncIterator]();
      const { value: first } = (await iterator.next()) as { value: WriteBlobRequest | undefined };
      if (first === undefined)
        throw new ServiceError('INVALID_ARGUMENT', 'expected a first message with attempt_id and epoch, received none');
      const { attemptId, epoch } = first;
      const { job } = await held({ attemptId, epoch }, context, async (_trx, holding) => holding);
      const stored = await blobs.put(chunksOf(first, iterator), { signal: context.signal });
      await held({ attemptId, epoch }, context, trx => recordBlobs(trx, job.job_id, [stored.digest]));
      return stored;
    },

    async commitCheckpoint({ attemptId, epoch, step, digest }, context) {
      await held({ attemptId, epoch }, context, async (trx, holding) => {
        if (!(await ownsBlob(trx, holding.job.job_id, digest)))
          throw notFound('blob', digest, 'write it with WriteBlob before you commit it');
        await recordCheckpoint(trx, holding, { step, digest });
        crashPoint('training.before-checkpoint-commit');
      });
      crashPoint('training.after-checkpoint');
      return {};
    },

    async completeAttempt({ attemptId, epoch, result }, context) {
      await held({ attemptId, epoch }, context, async (trx, holding) => {
        if (result === null)
          throw new ServiceError('INVALID_ARGUMENT', 'result: expected files and metrics, received none');
        for (const { digest, name } of result.files) {
          if (!(await ownsBlob(trx, holding.job.job_id, digest)))
            throw notFound('blob', `${name} ${digest}`, 'write it with WriteBlob first');
        }
        const { datasetDigest } = holding.job.spec;
        const evaluation = result.evaluation && { ...result.evaluation, datasetDigest };
        const otherEvaluations = result.otherEvaluations.map(each => ({ ...each, datasetDigest }));
        await completeJob(trx, holding, { ...result, evaluation, otherEvaluations });
        crashPoint('training.before-complete-commit');
      });
      crashPoint('training.after-complete');
      onEnded();
      return {};
    },

    async failAttempt({ attemptId, epoch, code, reason, message, retryable }, context) {
      await held({ attemptId, epoch }, context, (trx, holding) => {
        const state = reason === 'Stopped' ? ('STATE_FINISHED' as const) : ('STATE_ERRORED' as const);
        const end = { state, code, reason, message, retryable, maxAttempts };
        return endAttempt(trx, holding, end);
      });
      onEnded();
      return {};
    },
  };
}

interface Checkpoint {
  readonly step: number;
  readonly digest: string;
}

/** Own files, and those of the job whose model is evaluated. */
async function mayRead(db: Db, { job_id: jobId, spec }: HeldJob['job'], digest: string): Promise<boolean> {
  if (await ownsBlob(db, jobId, digest)) return true;
  const { evaluated } = spec;
  return evaluated != null && (await ownsBlob(db, evaluated.jobId, digest));
}

interface AttemptCall {
  readonly attemptId: string;
  readonly epoch?: number;
}

/** A token is valid for its own attempt only. */
function checkToken(tokenAttemptId: string, attemptId: string): void {
  if (tokenAttemptId === attemptId) return;
  const message = `the token of attempt '${tokenAttemptId}' does not open attempt '${attemptId}'`;
  throw new ServiceError('PERMISSION_DENIED', message, { reason: 'WRONG_ATTEMPT' });
}

/** The newest checkpoint that can be read completely; broken ones are skipped. */
async function newestValid(
  checkpoints: readonly Checkpoint[],
  blobs: BlobStore,
  { log }: CallContext,
): Promise<Checkpoint | undefined> {
  for (const checkpoint of checkpoints) {
    try {
      await blobs.read(checkpoint.digest);
      return checkpoint;
    } catch (error) {
      log.error({ ...checkpoint, err: error }, 'a checkpoint cannot be read; the one before it is used');
    }
  }
  return undefined;
}

async function* chunksOf(first: WriteBlobRequest, rest: AsyncIterator<WriteBlobRequest>): AsyncIterable<Uint8Array> {
  if (first.chunk.length > 0) yield first.chunk;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value.chunk;
}
