import { areNumbers } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import { reshapeTo, sum } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';

/** The sum over the copies, which are an axis of their own in front of the axis that was repeated. */
export const gradient = defineGradient('Tile', {
  backward({ g, inputs: { x }, contents: { repeats }, dy }) {
    if (!areNumbers(repeats)) throw new GradientError('Tile needs constant repeats to be differentiated');
    const apart = x.shape.flatMap((dim, axis) => (repeats[axis] === 1 ? [dim] : [repeats[axis]!, dim]));
    const copies: number[] = [];
    repeats.forEach((times, axis) => {
      if (times !== 1) copies.push(axis + copies.length);
    });
    return { x: copies.length === 0 ? dy : { ...sum(g, reshapeTo(g, dy, apart), copies, false), shape: x.shape } };
  },
  cases: [{ inputs: [[2, 3], int64([2], [2, 3])] }, { inputs: [[3, 2, 2], int64([3], [1, 2, 1])], symbolic: true }],
});
