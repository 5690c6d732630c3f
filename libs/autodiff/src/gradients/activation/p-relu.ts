import { cast, mul, scalar, sub } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

/** dx = dy where x is positive, else dy·slope, as in PyTorch; dslope = dy·min(x, 0) */
export const gradient = defineGradient('PRelu', {
  backward({ g, inputs: { x, slope }, wanted, dy }) {
    const zero = scalar(g, x.dtype, 0);
    const sloped = () => {
      const isSloped = cast(g, g.op('LessOrEqual', [x, zero]), x.dtype);
      // dy + dy·isSloped·(slope - 1): the slope less one has only the slope's elements.
      const factor = mul(g, isSloped, sub(g, slope, scalar(g, x.dtype, 1)));
      return g.op('Add', [dy, mul(g, dy, factor)]);
    };
    return {
      x: wanted.x ? sloped() : undefined,
      slope: wanted.slope ? unbroadcast(g, mul(g, dy, g.op('Min', [x, zero])), slope) : undefined,
    };
  },
  cases: [
    {
      inputs: [
        [2, 3, 4],
        [3, 1],
      ],
    },
    { inputs: [[2, 5], [1]] },
  ],
});
