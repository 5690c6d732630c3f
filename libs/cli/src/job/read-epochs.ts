import type { AthanorClient } from '@athanor/client';
import { collectPages } from '@athanor/client/paging';
import type { EpochMetrics } from '@athanor/contracts/training';

const PAGE_SIZE = 1_000;

/** The metrics of all finished epochs of a job, oldest first. */
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
