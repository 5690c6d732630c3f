import { elementCount, rowMajorStrides } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { emptyElements, integers, setElement } from '../../evaluate/nd-array.js';
import { int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** The last axis of indices is an index of data's axes after the batch axes; the result has the slices there. */
export const gatherND = defineOperator({
  since: 13,
  attributes: { batch_dims: int(0) },
  inputs: { data: one(), indices: one() },
  infer({ op, inputs: { data, indices }, attributes: { batch_dims } }) {
    const depth = indices.shape.at(-1);
    if (typeof depth !== 'number') throw new TypeInferenceError(`${op} needs indices with a last axis of known size`);
    return [{ dtype: data.dtype, shape: [...indices.shape.slice(0, -1), ...data.shape.slice(batch_dims + depth)] }];
  },
  evaluate({ inputs: { data, indices }, attributes: { batch_dims } }) {
    const depth = indices.shape.at(-1)!;
    const tail = data.shape.slice(batch_dims + depth);
    const shape = [...indices.shape.slice(0, -1), ...tail];
    const strides = rowMajorStrides(data.shape).slice(0, batch_dims + depth);
    const positions = integers(indices);
    const size = elementCount(tail);
    const elements = emptyElements(data.dtype, elementCount(shape));
    forEachIndex(indices.shape.slice(0, -1), (outer, entry) => {
      const inner = positions.slice(entry * depth, (entry + 1) * depth);
      const index = inner.map((at, axis) => (at < 0 ? at + data.shape[batch_dims + axis]! : at));
      const start = flatIndex([...outer.slice(0, batch_dims), ...index], strides);
      for (let i = 0; i < size; i++) setElement(elements, entry * size + i, data.data, start + i);
    });
    return [{ dtype: data.dtype, shape, data: elements }];
  },
});
