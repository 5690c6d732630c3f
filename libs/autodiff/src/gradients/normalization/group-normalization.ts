import { defineGradient } from '../gradient.js';
import { byGroup } from './by-group.js';

export const gradient = defineGradient('GroupNormalization', {
  backward: call => byGroup(call, call.attributes.num_groups),
  cases: [
    { inputs: [[2, 4, 3], [4], [4]], attributes: { num_groups: 2 } },
    { inputs: [[2, 4, 2, 2], [4], [4]], attributes: { num_groups: 1, epsilon: 0.01 } },
  ],
});
