import { tensor } from '@athanor/tensor';
import { defineGradient } from '../gradient.js';
import { byGroup } from './by-group.js';

const NUMBERS = tensor('FP64', [4], Float64Array.of(0.5, -1.5, 2, 1));

export const gradient = defineGradient('InstanceNormalization', {
  backward: call => byGroup(call, 0),
  cases: [
    { inputs: [[2, 3, 4], [3], [3]] },
    { inputs: [[2, 2, 2, 3], [2], [2]], attributes: { epsilon: 0.01 } },
    { inputs: [[2, 4, 3], NUMBERS, NUMBERS], symbolic: true },
  ],
});
