import { normalizeAxis } from '@athanor/tensor';
import { add, div, mean, mul, scalar, sub } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** With s = √variance + 1e-9: (dy - mean(dy) - y·mean(dy·y))/s, but for a share of 1e-9/s. */
export const gradient = defineGradient('MeanVarianceNormalization', {
  backward({ g, inputs: { x }, outputs: [y], attributes, dy }) {
    const axes = attributes.axes.map(axis => normalizeAxis(axis, x.shape.length));
    const centered = sub(g, x, mean(g, x, axes, true));
    const deviation = g.op('Sqrt', [mean(g, mul(g, centered, centered), axes, true)]);
    const along = mul(g, y!, mean(g, mul(g, dy, y!), axes, true));
    const across = sub(g, sub(g, dy, mean(g, dy, axes, true)), along);
    return { x: div(g, across, add(g, deviation, scalar(g, dy.dtype, 1e-9))) };
  },
  cases: [{ inputs: [[2, 2, 2, 3]] }, { inputs: [[3, 4]], attributes: { axes: [1] } }],
});
