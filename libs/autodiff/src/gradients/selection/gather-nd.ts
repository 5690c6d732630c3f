import type { GraphBuilder, Value } from '@athanor/onnx';
import { int64 } from '@athanor/tensor';
import { cast, zerosLike } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** A scatter-add into zeros. ScatterND has no batch axes: their positions are put in front of the indices. */
export const gradient = defineGradient('GatherND', {
  backward({ g, inputs: { data, indices }, attributes: { batch_dims }, dy }) {
    const inner = cast(g, indices, 'INT64');
    const full =
      batch_dims === 0
        ? inner
        : g.op('Concat', [...batchPositions(g, inner, batch_dims), inner], { attributes: { axis: -1 } });
    return { data: g.op('ScatterND', [zerosLike(g, data), full, dy], { attributes: { reduction: 'add' } }) };
  },
  cases: [
    { inputs: [[3, 2], int64([2, 2], [2, 0, 2, 0])] },
    { inputs: [[3, 2], int64([2, 1], [1, -1])] },
    { inputs: [[2, 3, 2], int64([2, 2, 1], [2, 0, 1, 1])], attributes: { batch_dims: 1 } },
    { inputs: [[2, 2, 3], int64([2, 2, 1], [2, 0, 1, -1])], attributes: { batch_dims: 2 } },
  ],
});

// One tensor [..., 1] for each batch axis, with the element's position along it.
function batchPositions(g: GraphBuilder, indices: Value, count: number): Value[] {
  const shape = g.op('Concat', [g.op('Shape', [indices], { attributes: { end: -1 } }), g.axes([1])], {
    attributes: { axis: 0 },
  });
  return Array.from({ length: count }, (_, axis) => {
    const position = g.op('Range', [
      g.constant(int64([], [0])),
      g.op('Gather', [shape, g.constant(int64([], [axis]))]),
      g.constant(int64([], [1])),
    ]);
    const column = indices.shape.map((_, index) => (index === axis ? -1 : 1));
    return g.op('Expand', [g.op('Reshape', [position, g.axes(column)]), shape]);
  });
}
