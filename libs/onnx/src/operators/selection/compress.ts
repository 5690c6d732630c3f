import { elementCount, normalizeAxis } from '@athanor/tensor';
import { rearrange, reshaped } from '../../evaluate/move.js';
import { int } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** The entries along an axis, or without one the elements, for which the condition is true. */
export const compress = defineOperator({
  since: 11,
  attributes: { axis: int() },
  inputs: { x: one(), condition: one() },
  infer({ inputs: { x }, attributes: { axis } }) {
    const shape = axis === undefined ? [''] : x.shape.with(normalizeAxis(axis, x.shape.length), '');
    return [{ dtype: x.dtype, shape }];
  },
  evaluate({ inputs: { x: given, condition }, attributes }) {
    const x = attributes.axis === undefined ? reshaped(given, [elementCount(given.shape)]) : given;
    const axis = normalizeAxis(attributes.axis ?? 0, x.shape.length);
    const taken = Array.from(condition.data as Float64Array, (isTaken, at) => (isTaken ? at : -1)).filter(
      at => at >= 0,
    );
    return [rearrange(x, x.shape.with(axis, taken.length), index => index.with(axis, taken[index[axis]!]!))];
  },
});
