import { z } from 'zod';
import { maxBatchSize, maxQueueDelayUs, maxQueueSize, rowsPerRun } from './queue-parameters.js';
import { QueueScheduler } from './queue-scheduler.js';
import { defineScheduler } from './scheduler.js';

/** As in Triton, 1 is the highest; requests without a priority have the lowest. */
export const PRIORITY_LEVELS = 2;

const levelOf = (priority: number): number =>
  priority >= 1 && priority < PRIORITY_LEVELS ? priority : PRIORITY_LEVELS;

export const priority = defineScheduler({
  kind: 'priority',
  version: 1,
  summary: 'As dynamic, with requests of priority 1 before the others; in order of arrival within a level.',
  parameters: z.strictObject({ maxBatchSize, maxQueueDelayUs, maxQueueSize }),
  create: (parameters, context) =>
    new QueueScheduler(context, {
      ...parameters,
      maxBatchSize: rowsPerRun(parameters.maxBatchSize, context),
      place(queue, work) {
        const level = levelOf(work.priority);
        const behind = queue.findIndex(other => levelOf(other.work.priority) > level);
        return behind < 0 ? queue.length : behind;
      },
    }),
  facts: parameters => ({ ...parameters, priorityLevels: PRIORITY_LEVELS }),
});
