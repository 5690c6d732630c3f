import { elementCount, rowMajorStrides } from '@athanor/tensor';
import { flatIndex } from '../../evaluate/indices.js';
import { integers } from '../../evaluate/nd-array.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { reductionAttribute, scattered } from './scatter.js';

/** The last axis of indices is an index of data's first axes; the update there is a slice of data. */
export const scatterND = defineOperator({
  since: 18,
  attributes: { reduction: reductionAttribute },
  inputs: { data: one(), indices: one(), updates: one() },
  infer: ({ inputs }) => [inputs.data],
  evaluate({ inputs: { data, indices, updates }, attributes }) {
    const depth = indices.shape.at(-1)!;
    const positions = integers(indices);
    const size = elementCount(data.shape.slice(depth));
    const strides = rowMajorStrides(data.shape).slice(0, depth);
    const result = scattered(data, attributes.reduction, put => {
      for (let entry = 0; entry * depth < positions.length; entry++) {
        const index = positions.slice(entry * depth, (entry + 1) * depth);
        const start = flatIndex(
          index.map((position, axis) => (position < 0 ? position + data.shape[axis]! : position)),
          strides,
        );
        for (let i = 0; i < size; i++) put(start + i, updates.data, entry * size + i);
      }
    });
    return [result];
  },
});
