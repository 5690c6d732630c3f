import { int64 } from '@athanor/tensor';
import { zerosLike } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('ScatterND', {
  backward({ g, inputs: { indices, updates }, attributes: { reduction }, wanted, dy }) {
    if (reduction !== 'none' && reduction !== 'add') throw new GradientError(`a scatter with reduction ${reduction}`);
    const cleared = () => g.op('ScatterND', [dy, indices, zerosLike(g, updates)]);
    return {
      data: wanted.data ? (reduction === 'add' ? dy : cleared()) : undefined,
      updates: wanted.updates ? g.op('GatherND', [dy, indices]) : undefined,
    };
  },
  cases: [
    { inputs: [[4, 2], int64([2, 1], [3, -4]), [2, 2]] },
    { inputs: [[2, 3], int64([3, 2], [0, 0, 1, 2, 1, 2]), [3]], attributes: { reduction: 'add' } },
  ],
});
