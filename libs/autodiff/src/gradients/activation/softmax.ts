import { mul, sub, sum } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** dx = y ⊙ (dy - Σ dy ⊙ y) */
export const gradient = defineGradient('Softmax', {
  backward({ g, outputs: [y], attributes: { axis }, dy }) {
    const inner = sum(g, mul(g, dy, y!), [axis], true);
    return { x: mul(g, y!, sub(g, dy, inner)) };
  },
  cases: [{ inputs: [[2, 5]] }, { inputs: [[3, 2]], attributes: { axis: 0 } }],
});
