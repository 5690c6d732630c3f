import { div, mul, neg } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

/** d(a/b)/da = 1/b, d(a/b)/db = -(a/b)/b */
export const gradient = defineGradient('Div', {
  backward({ g, inputs: { a, b }, outputs: [y], wanted, dy }) {
    const quotient = div(g, dy, b);
    return {
      a: wanted.a ? unbroadcast(g, quotient, a) : undefined,
      b: wanted.b ? unbroadcast(g, neg(g, mul(g, quotient, y!)), b) : undefined,
    };
  },
  cases: [
    {
      inputs: [
        [2, 3],
        [2, 3],
      ],
      range: [0.5, 2],
    },
    { inputs: [[3], [2, 1]], range: [0.5, 2] },
  ],
});
