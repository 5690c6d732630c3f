import { z } from 'zod';
import type { Schedule } from './schedule.js';

const parameters = z.strictObject({
  every: z.int().min(1).default(10).describe('Epochs between two reductions.'),
  factor: z.number().positive().lt(1).default(0.1).describe('By what the learning rate is multiplied each time.'),
});

export const step: Schedule<z.output<typeof parameters>> = {
  kind: 'step',
  version: 1,
  summary: 'The learning rate is reduced by a factor every few epochs.',
  parameters,
  factor({ every, factor }, { step: done, stepsPerEpoch }) {
    return factor ** Math.floor(Math.floor(done / stepsPerEpoch) / every);
  },
};
