import { normalizeAxis, rowMajorStrides } from '@athanor/tensor';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { integers } from '../../evaluate/nd-array.js';
import { int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { reductionAttribute, scattered } from './scatter.js';

/** The inverse of GatherElements: result[indices[i][j]][j] = updates[i][j] for axis 0, alike for others. */
export const scatterElements = defineOperator({
  since: 18,
  attributes: { axis: int(0), reduction: reductionAttribute },
  inputs: { data: one(), indices: one(), updates: one() },
  infer: ({ inputs }) => [inputs.data],
  evaluate({ inputs: { data, indices, updates }, attributes }) {
    const axis = normalizeAxis(attributes.axis, data.shape.length);
    const positions = integers(indices);
    const strides = rowMajorStrides(data.shape);
    const result = scattered(data, attributes.reduction, put => {
      forEachIndex(indices.shape, (index, flat) => {
        const position = positions[flat]!;
        const target = index.with(axis, position < 0 ? position + data.shape[axis]! : position);
        put(flatIndex(target, strides), updates.data, flat);
      });
    });
    return [result];
  },
});
