import { z } from 'zod';
import type { Schedule } from './schedule.js';
import { phaseOf, warmup } from './warmup.js';

const parameters = z.strictObject({ warmup });

export const constant: Schedule<z.output<typeof parameters>> = {
  kind: 'constant',
  version: 1,
  summary: 'The same learning rate in all steps.',
  parameters,
  factor: ({ warmup: share }, position) => phaseOf(share, position).risen,
};
