import { appendEvent } from '@athanor/events';
import type { JobRow, Trx } from './jobs.js';

/**
 * Deletes an ended job with its history; its request id can be used again. The row and the list of its files stay, invisible to
 * users: the registry may still have to register the version that it made.
 */
export async function deleteJob(trx: Trx, { job_id: jobId, tenant }: JobRow, actor: string): Promise<void> {
  await trx
    .updateTable('jobs')
    .set({ delete_time: new Date(), request_id: null })
    .where('job_id', '=', jobId)
    .execute();
  for (const table of ['transitions', 'epochs', 'checkpoints'] as const) {
    await trx.deleteFrom(table).where('job_id', '=', jobId).execute();
  }
  const payload = { jobId, actor };
  await appendEvent(trx, { type: 'training.job.deleted', tenant, aggregateId: jobId, aggregateVersion: 4, payload });
}
