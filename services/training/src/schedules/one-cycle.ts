import { z } from 'zod';
import { fallingCosine } from './cosine.js';
import type { Schedule } from './schedule.js';

const parameters = z.strictObject({
  warmup: z.number().positive().lt(1).default(0.3).describe('Share of all steps in which the learning rate rises.'),
  start: z.number().positive().max(1).default(0.04).describe('Factor of the learning rate in the first step.'),
  end: z.number().min(0).max(1).default(4e-6).describe('Factor of the learning rate in the last step.'),
});

/** With PyTorch's defaults; the momentum is not changed. */
export const oneCycle: Schedule<z.output<typeof parameters>> = {
  kind: 'one-cycle',
  version: 1,
  summary: 'The learning rate rises to its value, then falls far below where it began (Smith and Topin 2018).',
  parameters,
  factor({ warmup, start, end }, { step, totalSteps }) {
    const top = warmup * totalSteps - 1;
    const last = totalSteps - 1;
    if (step <= top) return between(start, 1, top > 0 ? step / top : 1);
    return between(1, end, last > top ? (step - top) / (last - top) : 1);
  },
};

function between(from: number, to: number, progress: number): number {
  return to + (from - to) * fallingCosine(progress);
}
