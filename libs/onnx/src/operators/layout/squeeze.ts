import { normalizeAxis } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { reshaped } from '../../evaluate/move.js';
import { integers } from '../../evaluate/nd-array.js';
import type { Dim, ValueType } from '../../model.js';
import { describe, differ, knownInts } from '../dims.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** Removes axes of size 1: those given, or all. */
export const squeeze = defineOperator({
  since: 21,
  inputs: { x: one(), axes: optional() },
  infer({ op, inputs: { x, axes: given }, contents }) {
    if (given && !contents.axes) return [{ dtype: x.dtype, shape: unknownAxes(op, x, given) }];
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

/** Of axes that are computed, only their number may be known. */
function unknownAxes(op: string, x: ValueType, { shape: [count] }: ValueType): Dim[] {
  if (typeof count === 'number' && count <= x.shape.length) return new Array<Dim>(x.shape.length - count).fill('');
  throw new TypeInferenceError(`${op} needs constant axes`);
}
