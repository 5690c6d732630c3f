import { scale } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Mean', {
  backward({ g, inputs: { inputs }, wanted, dy }) {
    const share = scale(g, dy, 1 / inputs.length);
    return { inputs: inputs.map((input, index) => (wanted.inputs[index] ? unbroadcast(g, share, input) : undefined)) };
  },
  cases: [{ inputs: [[2, 3], [3], [2, 1]] }],
});
