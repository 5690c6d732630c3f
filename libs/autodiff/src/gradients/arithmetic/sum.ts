import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Sum', {
  backward: ({ g, inputs: { inputs }, wanted, dy }) => ({
    inputs: inputs.map((input, index) => (wanted.inputs[index] ? unbroadcast(g, dy, input) : undefined)),
  }),
  cases: [{ inputs: [[2, 3], [3], [2, 1]] }],
});
