import { normalizeAxis } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { reshaped } from '../../evaluate/move.js';
import { integers } from '../../evaluate/nd-array.js';
import { describe, differ, knownInts } from '../dims.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** Removes axes of size 1: those given, or all. */
export const squeeze = defineOperator({
  since: 21,
  inputs: { x: one(), axes: optional() },
  infer({ op, inputs: { x, axes: given }, contents }) {
    const axes = given && knownInts(op, contents.axes, 'axes').map(axis => normalizeAxis(axis, x.shape.length));
    if (axes?.some(axis => differ(x.shape[axis]!, 1))) {
      throw new TypeInferenceError(`${op} of ${describe(x)} along axes [${axes.join(',')}]`);
    }
    return [{ dtype: x.dtype, shape: x.shape.filter((dim, axis) => (axes ? !axes.includes(axis) : dim !== 1)) }];
  },
  propagate: ({ contents }) => [contents.x],
  evaluate({ inputs: { x, axes: given } }) {
    const axes = given && integers(given).map(axis => normalizeAxis(axis, x.shape.length));
    return [
      reshaped(
        x,
        x.shape.filter((dim, axis) => (axes ? !axes.includes(axis) : dim !== 1)),
      ),
    ];
  },
});
