import type { AthanorClient } from '@athanor/client';
import { collectChunks } from '@athanor/client/paging';
import type { Evaluation } from '@athanor/contracts/api';
import type { EpochMetrics, TrainingJob } from '@athanor/contracts/training';
import type { DetailedEvaluation, EvaluationDetails, JobData, SliceMetrics } from '@athanor/reports';

/** The job with the files of its evaluations. */
export async function readJobData(
  client: AthanorClient,
  job: TrainingJob,
  epochs: readonly EpochMetrics[],
): Promise<JobData> {
  const { result, jobId } = job;
  const all = result === null ? [] : [result.evaluation, ...result.otherEvaluations].filter(each => each !== null);
  const read = async (digest: string): Promise<unknown> => {
    const bytes = await collectChunks(client.training.readJobArtifact({ jobId, digest }));
    return JSON.parse(bytes.toString('utf8'));
  };
  return { job, epochs, evaluations: await Promise.all(all.map(each => withFiles(each, read))) };
}

async function withFiles(
  evaluation: Evaluation,
  read: (digest: string) => Promise<unknown>,
): Promise<DetailedEvaluation> {
  const { detailsDigest, slicesDigest } = evaluation;
  const details = detailsDigest === '' ? {} : ((await read(detailsDigest)) as EvaluationDetails);
  const { slices } = slicesDigest === '' ? { slices: [] } : ((await read(slicesDigest)) as { slices: SliceMetrics[] });
  return { evaluation, details, slices };
}
