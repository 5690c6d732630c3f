import { staticCount } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import { cast, div, scale } from '../../emit.js';
import { defineGradient } from '../gradient.js';
import { reducedAxes, spread } from './spread.js';

export const gradient = defineGradient('ReduceMean', {
  backward(call) {
    const {
      g,
      inputs: { x },
    } = call;
    const axes = reducedAxes(call);
    const count = staticCount(axes.map(axis => x.shape[axis]!));
    const spreadGradient = spread(call, call.dy);
    if (count !== undefined) return { x: scale(g, spreadGradient, 1 / count) };
    const sizes = g.op('Gather', [g.op('Shape', [x]), g.axes(axes)]);
    const product = g.op('ReduceProd', [sizes, g.axes([0])], { attributes: { keepdims: false } });
    return { x: div(g, spreadGradient, cast(g, product, x.dtype)) };
  },
  cases: [
    { inputs: [[2, 3, 4], int64([1], [1])], attributes: { keepdims: false } },
    { inputs: [[2, 3, 4], int64([2], [0, 2])] },
    { inputs: [[2, 3, 4]] },
    { inputs: [[3, 4], int64([1], [0])], symbolic: true },
  ],
});
