import { defineGradient } from '../gradient.js';
import { shareOfEqual } from './share-of-equal.js';

/** Operands that are equal get equal shares, as with torch.maximum. */
export const gradient = defineGradient('Max', {
  backward: call => ({ inputs: shareOfEqual(call) }),
  cases: [
    {
      inputs: [
        [2, 3],
        [2, 3],
      ],
    },
    { inputs: [[2, 3], [3], [2, 1]] },
  ],
});
