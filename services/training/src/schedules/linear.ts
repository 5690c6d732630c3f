import { z } from 'zod';
import type { Schedule } from './schedule.js';
import { phaseOf, warmup } from './warmup.js';

const parameters = z.strictObject({
  warmup,
  end: z.number().min(0).max(1).default(0).describe('Factor of the learning rate at the end.'),
});

export const linear: Schedule<z.output<typeof parameters>> = {
  kind: 'linear',
  version: 1,
  summary: 'The learning rate falls on a line to its end.',
  parameters,
  factor({ warmup: share, end }, position) {
    const { risen, progress } = phaseOf(share, position);
    return risen * (1 + progress * (end - 1));
  },
};
