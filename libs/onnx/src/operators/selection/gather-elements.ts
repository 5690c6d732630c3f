import { normalizeAxis, rowMajorStrides } from '@athanor/tensor';
import { flatIndex } from '../../evaluate/indices.js';
import { rearrange } from '../../evaluate/move.js';
import { integers } from '../../evaluate/nd-array.js';
import { int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** result[i][j] = data[indices[i][j]][j] for axis 0, alike for others. */
export const gatherElements = defineOperator({
  since: 13,
  attributes: { axis: int(0) },
  inputs: { data: one(), indices: one() },
  infer: ({ inputs: { data, indices } }) => [{ dtype: data.dtype, shape: indices.shape }],
  evaluate({ inputs: { data, indices }, attributes }) {
    const axis = normalizeAxis(attributes.axis, data.shape.length);
    const positions = integers(indices);
    const strides = rowMajorStrides(indices.shape);
    const gathered = rearrange(data, indices.shape, index => {
      const position = positions[flatIndex(index, strides)]!;
      return index.with(axis, position < 0 ? position + data.shape[axis]! : position);
    });
    return [gathered];
  },
});
