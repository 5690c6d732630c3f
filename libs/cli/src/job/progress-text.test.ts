import type { Progress } from '@athanor/contracts/training';
import { expect, test } from 'vitest';
import { progressText } from './progress-text.js';

const PROGRESS: Progress = { epoch: 1, step: 20, totalSteps: 40, loss: 0.25, checkpointStep: 0 };

test('progress in one short line, with the figures that are known', () => {
  const figures = { gradientNorm: 1.2468, learningRate: 9.99999e-4, rowsPerSecond: 12_800.4 };
  expect(progressText({ ...PROGRESS, ...figures })).toBe(
    'step 20/40 loss 0.2500 gradient 1.25 rate 0.001 12,800 rows/s',
  );
  expect(progressText(PROGRESS)).toBe('step 20/40 loss 0.2500');
});
