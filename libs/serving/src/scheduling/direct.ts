import { z } from 'zod';
import { maxBatchSize, maxQueueSize } from './queue-parameters.js';
import { QueueScheduler } from './queue-scheduler.js';
import { defineScheduler } from './scheduler.js';

export const direct = defineScheduler({
  kind: 'direct',
  version: 1,
  summary: 'Each request is a run of its own, in order of arrival.',
  parameters: z.strictObject({
    maxQueueSize,
    maxBatchSize: maxBatchSize.describe('Rows of a request to a model with a batch.'),
  }),
  create: (parameters, context) =>
    new QueueScheduler(context, { maxQueueSize: parameters.maxQueueSize, maxBatchSize: 1, maxQueueDelayUs: 0 }),
  facts: parameters => ({ ...parameters, maxQueueDelayUs: undefined, priorityLevels: 0 }),
});
