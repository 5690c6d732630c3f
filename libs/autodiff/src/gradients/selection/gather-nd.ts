import { int64 } from '@athanor/tensor';
import { cast, zerosLike } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('GatherND', {
  backward({ g, inputs: { data, indices }, attributes: { batch_dims }, dy }) {
    if (batch_dims !== 0) throw new GradientError(`GatherND with batch_dims ${batch_dims}`);
    return {
      data: g.op('ScatterND', [zerosLike(g, data), cast(g, indices, 'INT64'), dy], {
        attributes: { reduction: 'add' },
      }),
    };
  },
  cases: [{ inputs: [[3, 2], int64([2, 2], [2, 0, 2, 0])] }, { inputs: [[3, 2], int64([2, 1], [1, -1])] }],
});
