import { z } from 'zod';
import type { Schedule } from './schedule.js';
import { phaseOf, warmup } from './warmup.js';

const parameters = z.strictObject({
  warmup,
  end: z.number().min(0).max(1).default(0).describe('Factor of the learning rate at the end.'),
});

export const cosine: Schedule<z.output<typeof parameters>> = {
  kind: 'cosine',
  version: 1,
  summary: 'The learning rate falls along half a cosine (Loshchilov and Hutter 2017), without restarts.',
  parameters,
  factor({ warmup: share, end }, position) {
    const { risen, progress } = phaseOf(share, position);
    return risen * (end + (1 - end) * fallingCosine(progress));
  },
};

/** From 1 to 0 as `progress` goes from 0 to 1. */
export function fallingCosine(progress: number): number {
  return (1 + Math.cos(Math.PI * progress)) / 2;
}
