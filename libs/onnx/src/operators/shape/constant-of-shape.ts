import { elementCount, tensor as toTensor } from '@athanor/tensor';
import { emptyElements, fromTensor, integers, setElement } from '../../evaluate/nd-array.js';
import { tensor } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { unknownShape } from '../layout/reshape.js';
import { defineOperator, MAX_CONTENTS } from '../operator.js';
import { smallContents } from './small-contents.js';

/** A tensor whose elements are all the same: FP32 zeros by default. */
export const constantOfShape = defineOperator({
  since: 21,
  attributes: { value: tensor(toTensor('FP32', [1], Float32Array.of(0))) },
  inputs: { shape: one() },
  infer({ op, inputs: { shape }, attributes: { value }, contents }) {
    return [{ dtype: value.dtype, shape: contents.shape ?? unknownShape(op, shape.shape) }];
  },
  propagate({ attributes: { value }, contents: { shape } }) {
    const [fill, length] = [smallContents(value)?.[0], shape?.[0]];
    return [
      fill !== undefined && shape?.length === 1 && typeof length === 'number' && length <= MAX_CONTENTS
        ? new Array(length).fill(fill)
        : undefined,
    ];
  },
  evaluate({ inputs, attributes: { value } }) {
    const shape = integers(inputs.shape);
    const data = emptyElements(value.dtype, elementCount(shape));
    const fill = fromTensor(value);
    for (let i = 0; i < data.length; i++) setElement(data, i, fill.data, 0);
    return [{ dtype: value.dtype, shape, data }];
  },
});
