import { z } from 'zod';

// Parameters that several schedulers have.

export const maxQueueSize = z
  .number()
  .int()
  .min(1)
  .max(1_000_000)
  .default(1_024)
  .describe('Requests that may wait; more are refused with UNAVAILABLE.');

export const maxBatchSize = z
  .number()
  .int()
  .min(1)
  .max(65_536)
  .default(64)
  .describe('Rows of a run, and of a request.');

export const maxQueueDelayUs = z
  .number()
  .int()
  .min(0)
  .max(60_000_000)
  .default(0)
  .describe('How long a request may wait for others in microseconds; 0: only while all instances are busy.');

/** The smaller of the scheduler's and the model's limit of rows; 1 if requests must not share runs. */
export function rowsPerRun(
  wanted: number,
  model: { readonly mayBatch: boolean; readonly maxBatchSize: number },
): number {
  if (!model.mayBatch) return 1;
  return model.maxBatchSize === 0 ? wanted : Math.min(wanted, model.maxBatchSize);
}
