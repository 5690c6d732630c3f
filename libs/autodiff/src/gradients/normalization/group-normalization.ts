import { tensor } from '@athanor/tensor';
import { defineGradient } from '../gradient.js';
import { byGroup } from './by-group.js';

const NUMBERS = tensor('FP64', [4], Float64Array.of(0.5, -1.5, 2, 1));

export const gradient = defineGradient('GroupNormalization', {
  backward: call => byGroup(call, call.attributes.num_groups),
  cases: [
    { inputs: [[2, 4, 3], [4], [4]], attributes: { num_groups: 2 } },
    { inputs: [[2, 4, 2, 2], [4], [4]], attributes: { num_groups: 1, epsilon: 0.01 } },
    { inputs: [[2, 4, 3], NUMBERS, NUMBERS], attributes: { num_groups: 2 }, symbolic: true },
  ],
});
