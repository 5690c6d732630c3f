import type { AthanorClient } from '@athanor/client';
import type { EpochMetrics } from '@athanor/contracts/training';
import { collectPages } from '../output/pages.js';

const PAGE_SIZE = 1_000;

/** The figures of all finished epochs of a job, oldest first. */
export function readEpochs(client: AthanorClient, jobId: string): Promise<EpochMetrics[]> {
  return collectPages(async pageToken => {
    const { epochs, nextPageToken } = await client.training.listTrainingEpochs({
      jobId,
      pageSize: PAGE_SIZE,
      pageToken,
    });
    return { items: epochs, nextPageToken };
  });
}
