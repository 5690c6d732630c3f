import { defineGradient } from '../gradient.js';
import { byGroup } from './by-group.js';

export const gradient = defineGradient('InstanceNormalization', {
  backward: call => byGroup(call, 0),
  cases: [{ inputs: [[2, 3, 4], [3], [3]] }, { inputs: [[2, 2, 2, 3], [2], [2]], attributes: { epsilon: 0.01 } }],
});
