import { tensor } from '@athanor/tensor';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';

/** The identity. Training drops elements with GraphRandom, which is a function of seed, step and place. */
export const gradient = defineGradient('Dropout', {
  backward({ inputs, contents, dy }) {
    const isTraining = inputs.training_mode !== undefined && contents.training_mode?.[0] !== 0;
    if (isTraining) {
      throw new GradientError(
        'Dropout with training_mode draws numbers that cannot be drawn again; use the counter-based GraphRandom.dropout',
      );
    }
    return { x: dy };
  },
  cases: [
    { inputs: [[2, 3]] },
    {
      inputs: [[2, 3], tensor('FP64', [], Float64Array.of(0.5)), tensor('BOOL', [], Uint8Array.of(0))],
      outputs: 2,
    },
  ],
});
