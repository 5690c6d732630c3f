import { normalizeAxis } from '@athanor/tensor';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Concat', {
  backward({ g, inputs: { inputs }, attributes, dy }) {
    const axis = normalizeAxis(attributes.axis, dy.shape.length);
    const sizes = inputs.map(input => input.shape[axis]!);
    if (!sizes.every(size => typeof size === 'number')) throw new GradientError('Concat along an axis of unknown size');
    return { inputs: g.ops('Split', [dy, g.axes(sizes)], { attributes: { axis }, outputs: inputs.length }) };
  },
  cases: [
    {
      inputs: [
        [2, 1],
        [2, 3],
        [2, 2],
      ],
      attributes: { axis: 1 },
    },
  ],
});
