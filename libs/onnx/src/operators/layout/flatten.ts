import { elementCount } from '@athanor/tensor';
import { reshaped } from '../../evaluate/move.js';
import { int } from '../attribute-specs.js';
import { productDim } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** To a matrix: the axes before `axis` are its rows. */
export const flatten = defineOperator({
  since: 21,
  attributes: { axis: int(1) },
  inputs: { x: one() },
  infer({ inputs: { x }, attributes }) {
    const axis = boundary(attributes.axis, x.shape.length);
    return [{ dtype: x.dtype, shape: [productDim(x.shape.slice(0, axis)), productDim(x.shape.slice(axis))] }];
  },
  evaluate({ inputs: { x }, attributes }) {
    const axis = boundary(attributes.axis, x.shape.length);
    return [reshaped(x, [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))])];
  },
});

const boundary = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
