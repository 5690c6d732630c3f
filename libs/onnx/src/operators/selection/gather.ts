import { normalizeAxis, rowMajorStrides } from '@athanor/tensor';
import { flatIndex } from '../../evaluate/indices.js';
import { rearrange } from '../../evaluate/move.js';
import { integers } from '../../evaluate/nd-array.js';
import { int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { type Dims, defineOperator } from '../operator.js';

/** Takes entries along an axis; a negative index counts from the end. */
export const gather = defineOperator({
  since: 13,
  attributes: { axis: int(0) },
  inputs: { data: one(), indices: one() },
  infer({ inputs: { data, indices }, attributes }) {
    const axis = normalizeAxis(attributes.axis, data.shape.length);
    return [{ dtype: data.dtype, shape: data.shape.toSpliced(axis, 1, ...indices.shape) }];
  },
  propagate: ({ contents: { data, indices } }) => [data && indices && pick(data, indices)],
  evaluate({ inputs: { data, indices }, attributes }) {
    const axis = normalizeAxis(attributes.axis, data.shape.length);
    const positions = integers(indices);
    const strides = rowMajorStrides(indices.shape);
    const rank = indices.shape.length;
    const gathered = rearrange(data, data.shape.toSpliced(axis, 1, ...indices.shape), index => {
      const position = positions[flatIndex(index.slice(axis, axis + rank), strides)]!;
      return index.toSpliced(axis, rank, position < 0 ? position + data.shape[axis]! : position);
    });
    return [gathered];
  },
});

function pick(data: Dims, indices: Dims): Dims {
  return indices.map(index => (typeof index === 'number' ? (data.at(index) ?? '') : ''));
}
