import { cast, div, mul, sum } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** Elements that equal the result get equal shares, as with torch.amax. */
export const gradient = defineGradient('GlobalMaxPool', {
  backward({ g, inputs: { x }, outputs: [y], dy }) {
    const isResult = cast(g, g.op('Equal', [x, y]), dy.dtype);
    const spatial = x.shape.map((_, axis) => axis).slice(2);
    return { x: mul(g, isResult, div(g, dy, sum(g, isResult, spatial, true))) };
  },
  cases: [{ inputs: [[2, 3, 4, 2]] }],
});
