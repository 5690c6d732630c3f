import { div, mul, scalar, sub, sum } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';

/**
 * y = x/n with n = ‖x‖: dx = (dy - n′·Σ dy·y)/n, where n′ is y for p = 2 and the sign for p = 1. Where n is 0 the
 * gradient is 0; torch.nn.functional.normalize has dy/1e-12 there.
 */
export const gradient = defineGradient('LpNormalization', {
  backward({ g, inputs: { x }, outputs: [y], attributes: { axis, p }, dy }) {
    if (p !== 1 && p !== 2) throw new GradientError(`LpNormalization with p ${p}, expected 1 or 2`);
    const norm = g.op(p === 2 ? 'ReduceL2' : 'ReduceL1', [x, g.axes([axis])]);
    const inverse = div(g, g.op('Sign', [norm]), g.op('Max', [norm, scalar(g, dy.dtype, 2 ** -126)]));
    const slope = p === 2 ? y! : g.op('Sign', [x]);
    return { x: mul(g, sub(g, dy, mul(g, slope, sum(g, mul(g, dy, y!), [axis], true))), inverse) };
  },
  cases: [{ inputs: [[3, 4]] }, { inputs: [[3, 4]], attributes: { axis: 0, p: 1 } }],
});
