import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Add', {
  backward: ({ g, inputs: { a, b }, wanted, dy }) => ({
    a: wanted.a ? unbroadcast(g, dy, a) : undefined,
    b: wanted.b ? unbroadcast(g, dy, b) : undefined,
  }),
  cases: [
    {
      inputs: [
        [2, 3],
        [2, 3],
      ],
    },
    { inputs: [[2, 3], [3]] },
    {
      inputs: [
        [2, 1, 3],
        [4, 1],
      ],
    },
    { inputs: [[], [2, 2]] },
  ],
});
