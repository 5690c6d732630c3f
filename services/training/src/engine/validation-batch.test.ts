import { GraphBuilder, toModel } from '@athanor/onnx';
import { expect, test } from 'vitest';
import { validationBatch } from './validation-batch.js';

/** Two values of `elements` per row that exist at once. */
function networkOf(elements: number) {
  const g = new GraphBuilder('network');
  const x = g.input('x', { dtype: 'FP32', shape: ['batch', elements] });
  g.output(g.op('Relu', [g.op('Sigmoid', [x])]), 'y');
  return toModel(g.graph());
}

test.each([
  [1_000, 256],
  // 256 rows of two values of 2^17 floats are 256 MiB.
  [2 ** 17, 256],
  [2 ** 17 + 1, 128],
  [2 ** 19, 64],
  [2 ** 24, 32],
])('rows of %d elements are validated in runs of %d', (elements, rows) => {
  expect(validationBatch(networkOf(elements))).toEqual({ rows, bytes: rows * 2 * elements * 4 });
});
