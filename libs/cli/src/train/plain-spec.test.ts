import type { TrainingSpec } from '@athanor/contracts/training';
import { expect, test } from 'vitest';
import { toPlainSpec, toSpecMessage } from './plain-spec.js';

const spec = {
  ...{ datasetId: 'digits', datasetVersion: 2, targets: ['label'], inputs: ['image'], weight: '', slices: [] },
  ...{ task: null, model: null, optimizer: null, schedule: null, transforms: [], epochs: 3, batchSize: 8, seed: 1 },
  ...{
    cpuThreads: 1,
    checkpointEverySteps: 100,
    accumulateSteps: 4,
    augmentations: [],
    base: null,
    shuffleBufferMb: 0,
    earlyStopping: { patience: 2 },
  },
} as unknown as TrainingSpec;

test('the number of accumulated batches is written only if there are several, and read back', () => {
  expect(toSpecMessage(toPlainSpec(spec))).toMatchObject({ accumulateSteps: 4, batchSize: 8 });
  expect(toPlainSpec({ ...spec, accumulateSteps: 1 })).not.toHaveProperty('accumulateSteps');
});
