import type { ModelStatisticsInput } from '@athanor/contracts/inference';
import type { ServedModel } from '../served-models/served-model.js';

const NONE = { count: 0, ns: 0 };

export function toModelStatistics({ name, version, statistics }: ServedModel): ModelStatisticsInput {
  const { success, fail, queue, computeInput, computeInfer, computeOutput } = statistics;
  const batches = [...statistics.batches].sort(([a], [b]) => a - b);
  return {
    name,
    version,
    lastInference: statistics.lastInferenceMs,
    inferenceCount: statistics.inferenceCount,
    executionCount: statistics.executionCount,
    inferenceStats: {
      success,
      fail,
      queue,
      computeInput,
      computeInfer,
      computeOutput,
      cacheHit: NONE,
      cacheMiss: NONE,
    },
    batchStats: batches.map(([batchSize, durations]) => ({ batchSize, ...durations })),
  };
}
