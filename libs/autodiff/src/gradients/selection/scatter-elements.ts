import { int64 } from '@athanor/tensor';
import { zerosLike } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('ScatterElements', {
  backward({ g, inputs: { indices, updates }, attributes: { axis, reduction }, wanted, dy }) {
    if (reduction !== 'none' && reduction !== 'add') throw new GradientError(`a scatter with reduction ${reduction}`);
    const cleared = () => g.op('ScatterElements', [dy, indices, zerosLike(g, updates)], { attributes: { axis } });
    return {
      data: wanted.data ? (reduction === 'add' ? dy : cleared()) : undefined,
      updates: wanted.updates ? g.op('GatherElements', [dy, indices], { attributes: { axis } }) : undefined,
    };
  },
  cases: [
    { inputs: [[3, 2], int64([2, 2], [2, 0, 1, -1]), [2, 2]] },
    { inputs: [[2, 3], int64([2, 2], [0, 0, -1, 2]), [2, 2]], attributes: { axis: 1, reduction: 'add' } },
  ],
});
