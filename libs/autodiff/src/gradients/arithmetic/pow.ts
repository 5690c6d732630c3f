import { scalar as scalarTensor, tensor } from '@athanor/tensor';
import { mul, scalar, sub } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

/** d(xᶜ)/dx = c·xᶜ⁻¹, d(xᶜ)/dc = xᶜ·log x */
export const gradient = defineGradient('Pow', {
  backward({ g, inputs: { base, exponent }, outputs: [y], wanted, dy }) {
    const slope = () => mul(g, exponent, g.op('Pow', [base, sub(g, exponent, scalar(g, exponent.dtype, 1))]));
    return {
      base: wanted.base ? unbroadcast(g, mul(g, dy, slope()), base) : undefined,
      exponent: wanted.exponent ? unbroadcast(g, mul(g, dy, mul(g, y!, g.op('Log', [base]))), exponent) : undefined,
    };
  },
  cases: [
    { inputs: [[2, 3], scalarTensor('FP64', 3)] },
    { inputs: [[2, 2], tensor('FP64', [2], Float64Array.of(1.5, -2))], range: [0.5, 2] },
    { inputs: [[2, 3], [3]], range: [0.5, 2] },
  ],
});
