import { isFloat } from '@athanor/tensor';
import { cast as emitCast } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** The gradient is cast back. An integer has none. */
export const gradient = defineGradient('Cast', {
  backward: ({ g, inputs: { x }, dy }) => ({ x: isFloat(x.dtype) ? emitCast(g, dy, x.dtype) : undefined }),
  cases: [{ inputs: [[2, 3]], attributes: { to: 'FP64' } }],
});
