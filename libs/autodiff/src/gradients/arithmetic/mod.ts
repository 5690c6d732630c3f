import { div, mul, neg, sub } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

/** a mod b = a - b·q with a whole q = (a - y) / b, which is constant between jumps. */
export const gradient = defineGradient('Mod', {
  backward: ({ g, inputs: { a, b }, outputs: [y], wanted, dy }) => ({
    a: wanted.a ? unbroadcast(g, dy, a) : undefined,
    b: wanted.b ? unbroadcast(g, neg(g, mul(g, dy, div(g, sub(g, a, y!), b))), b) : undefined,
  }),
  cases: [{ inputs: [[2, 3], [3]], attributes: { fmod: true }, range: [0.5, 3] }],
});
