import { mul } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Mul', {
  backward: ({ g, inputs: { a, b }, wanted, dy }) => ({
    a: wanted.a ? unbroadcast(g, mul(g, dy, b), a) : undefined,
    b: wanted.b ? unbroadcast(g, mul(g, dy, a), b) : undefined,
  }),
  cases: [
    {
      inputs: [
        [2, 3],
        [2, 3],
      ],
    },
    {
      inputs: [
        [2, 1, 3],
        [4, 1],
      ],
    },
    {
      inputs: [
        [2, 3],
        [2, 1],
      ],
      symbolic: true,
    },
  ],
});
