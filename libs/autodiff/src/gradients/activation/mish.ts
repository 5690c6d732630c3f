import { add, div, mul, neg, scalar, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/**
 * t + x·σ(x)·(1 - t²) with t = tanh(softplus(x)). With s = σ(-x) and r = 2/(1 + s²): t = r - 1 and 1 - t² = r(2 - r), which
 * is several times as fast as Softplus in ONNX Runtime.
 */
export const gradient = defineGradient('Mish', {
  backward({ g, inputs: { x }, dy }) {
    const [one, two] = [scalar(g, x.dtype, 1), scalar(g, x.dtype, 2)];
    const s = g.op('Sigmoid', [neg(g, x)]);
    const r = div(g, two, add(g, mul(g, s, s), one));
    const slope = mul(g, mul(g, x, sub(g, one, s)), mul(g, r, sub(g, two, r)));
    return { x: mul(g, dy, add(g, slope, sub(g, r, one))) };
  },
  cases: [{ inputs: [[2, 5]] }],
});
