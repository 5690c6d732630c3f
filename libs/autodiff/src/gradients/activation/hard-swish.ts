import { add, mul, scale } from '../../emit.js';
import { defineGradient } from '../gradient.js';
import { isBetween } from './hard-sigmoid.js';

/** y = x·h with h = hardsigmoid(x): y′ = h + x/6 between the kinks at ±3; on them h, as in PyTorch. */
export const gradient = defineGradient('HardSwish', {
  backward({ g, inputs: { x }, dy }) {
    const h = g.op('HardSigmoid', [x], { attributes: { alpha: 1 / 6, beta: 0.5 } });
    return { x: mul(g, dy, add(g, h, mul(g, scale(g, x, 1 / 6), isBetween(g, h)))) };
  },
  cases: [{ inputs: [[2, 8]], range: [-4, 4] }],
});
