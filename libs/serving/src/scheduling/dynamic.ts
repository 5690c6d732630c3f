import { z } from 'zod';
import { maxBatchSize, maxQueueDelayUs, maxQueueSize, rowsPerRun } from './queue-parameters.js';
import { QueueScheduler } from './queue-scheduler.js';
import { defineScheduler } from './scheduler.js';

export const dynamic = defineScheduler({
  kind: 'dynamic',
  version: 1,
  summary: 'Requests that wait share a run up to a number of rows, in order of arrival.',
  parameters: z.strictObject({ maxBatchSize, maxQueueDelayUs, maxQueueSize }),
  create: (parameters, context) =>
    new QueueScheduler(context, { ...parameters, maxBatchSize: rowsPerRun(parameters.maxBatchSize, context) }),
  facts: parameters => ({ ...parameters, priorityLevels: 0 }),
});
