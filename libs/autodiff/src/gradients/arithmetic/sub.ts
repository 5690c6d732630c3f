import { neg } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Sub', {
  backward: ({ g, inputs: { a, b }, wanted, dy }) => ({
    a: wanted.a ? unbroadcast(g, dy, a) : undefined,
    b: wanted.b ? neg(g, unbroadcast(g, dy, b)) : undefined,
  }),
  cases: [
    {
      inputs: [
        [2, 3],
        [2, 1],
      ],
    },
    { inputs: [[3], [2, 3]] },
  ],
});
