import type { GraphBuilder, Value } from '@athanor/onnx';
import { int64, normalizeAxis } from '@athanor/tensor';
import { cast, transpose, zerosLike } from '../../emit.js';
import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Gather', {
  backward: ({ g, inputs: { data, indices }, attributes, dy }) => ({
    data: scatterAlong(g, dy, { data, indices, axis: normalizeAxis(attributes.axis, data.shape.length) }),
  }),
  cases: [
    { inputs: [[3, 4, 2], int64([4], [2, 0, 2, -1])], attributes: { axis: 0 } },
    { inputs: [[3, 4, 2], int64([2, 2], [0, 3, 3, 1])], attributes: { axis: 1 } },
    { inputs: [[3, 4, 2], int64([], [1])], attributes: { axis: 2 } },
  ],
});

interface Gathered {
  readonly data: Value;
  readonly indices: Value;
  readonly axis: number;
}

/** An entry that was read several times gets the sum of its gradients: a scatter-add into zeros along the first axis. */
export function scatterAlong(g: GraphBuilder, dy: Value, { data, indices, axis }: Gathered): Value {
  const rank = indices.shape.length;
  const outer = Array.from({ length: axis }, (_, index) => index);
  const inner = data.shape.slice(axis + 1).map((_, index) => index + axis + rank);
  const toFront = [...Array.from({ length: rank }, (_, index) => index + axis), ...outer, ...inner];
  const gradient = transpose(g, dy, toFront);
  const axes = data.shape.map((_, index) => index);
  const zeroRows = zerosLike(g, transpose(g, data, [axis, ...outer, ...axes.slice(axis + 1)]));
  const rows = g.op('Unsqueeze', [cast(g, indices, 'INT64'), g.axes([-1])]);
  const scattered = g.op('ScatterND', [zeroRows, rows, gradient], { attributes: { reduction: 'add' } });
  const back = axes.map(index => (index < axis ? index + 1 : index === axis ? 0 : index));
  return { ...transpose(g, scattered, back), shape: data.shape };
}
