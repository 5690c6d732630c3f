import { zip } from '../../evaluate/elementwise.js';
import { broadcastDims } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

export const where = defineOperator({
  since: 16,
  inputs: { condition: one(), a: one(), b: one() },
  infer: ({ inputs: { condition, a, b } }) => [
    { dtype: a.dtype, shape: broadcastDims(condition.shape, broadcastDims(a.shape, b.shape)) },
  ],
  propagate: ({ contents: { condition, a, b } }) => [
    condition && a && b && a.length === b.length && a.length === condition.length
      ? condition.map((dim, index) => (dim === '' ? '' : dim === 0 ? b[index]! : a[index]!))
      : undefined,
  ],
  evaluate: ({ inputs: { condition, a, b } }) => [
    zip([condition, a, b], a.dtype, (isFirst: number, x: unknown, y: unknown) => (isFirst ? x : y)),
  ],
});
