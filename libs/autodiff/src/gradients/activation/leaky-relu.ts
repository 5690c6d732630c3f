import { mul } from '../../emit.js';
import { defineGradient } from '../gradient.js';
import { step } from './step.js';

/** 1 where x is positive, else α, as in PyTorch. */
export const gradient = defineGradient('LeakyRelu', {
  backward: ({ g, inputs: { x }, attributes: { alpha }, dy }) => ({
    x: mul(g, dy, step(g, x, { below: alpha, above: 1 })),
  }),
  cases: [{ inputs: [[2, 5]] }, { inputs: [[2, 5]], attributes: { alpha: -0.3 } }],
});
