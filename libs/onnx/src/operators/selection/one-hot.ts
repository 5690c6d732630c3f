import { elementCount, normalizeAxis, rowMajorStrides } from '@athanor/tensor';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { emptyElements, integers, setElement } from '../../evaluate/nd-array.js';
import { int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** values[1] where the position along the new axis equals the index, else values[0]. */
export const oneHot = defineOperator({
  since: 11,
  attributes: { axis: int(-1) },
  inputs: { indices: one(), depth: one(), values: one() },
  infer({ inputs: { indices, values }, attributes, contents }) {
    const axis = normalizeAxis(attributes.axis, indices.shape.length + 1);
    return [{ dtype: values.dtype, shape: indices.shape.toSpliced(axis, 0, contents.depth?.[0] ?? '') }];
  },
  evaluate({ inputs: { indices, depth: given, values }, attributes }) {
    const depth = Number(given.data[0]);
    const axis = normalizeAxis(attributes.axis, indices.shape.length + 1);
    const shape = indices.shape.toSpliced(axis, 0, depth);
    const positions = indices.data instanceof Float64Array ? Array.from(indices.data) : integers(indices);
    const strides = rowMajorStrides(indices.shape);
    const data = emptyElements(values.dtype, elementCount(shape));
    forEachIndex(shape, (index, flat) => {
      const position = positions[flatIndex(index.toSpliced(axis, 1), strides)]!;
      const isHot = (position < 0 ? position + depth : position) === index[axis];
      setElement(data, flat, values.data, isHot ? 1 : 0);
    });
    return [{ dtype: values.dtype, shape, data }];
  },
});
