import { expect, test } from 'vitest';
import type { Pending } from './scheduler.js';
import { SCHEDULERS } from './schedulers.js';
import type { Work } from './work.js';

test('requests of priority 1 run before the others, and each level keeps its order', () => {
  const runs: number[] = [];
  const instances = {
    ...{ free: 0, count: 1 },
    run: (batch: readonly Pending[]) => {
      instances.free = 0;
      runs.push(...batch.map(({ work }) => work.timeoutUs));
    },
    refused: () => undefined,
  };
  const { kinds } = SCHEDULERS;
  const scheduler = kinds.priority!.create(kinds.priority!.parameters.parse({ maxBatchSize: 1 }), {
    ...{ instances, mayBatch: true, maxBatchSize: 0 },
  });
  const caller = { abortReason: undefined, deadlineMs: Number.POSITIVE_INFINITY };
  // The timeout is used as a number of the request.
  const work = (timeoutUs: number, priority: number): Work => ({ rows: 1, inputs: [], timeoutUs, priority, caller });
  const sink = { send: () => undefined, fail: () => undefined };
  const priorities = [0, 2, 1, 7, 1];
  for (const [index, priority] of priorities.entries()) scheduler.submit(work(1e9 + index, priority), sink);
  for (const _ of priorities) {
    instances.free = 1;
    scheduler.dispatch();
  }
  expect(runs.map(each => each - 1e9)).toEqual([2, 4, 0, 1, 3]);
});
