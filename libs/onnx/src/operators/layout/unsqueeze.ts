import { normalizeAxis } from '@athanor/tensor';
import { reshaped } from '../../evaluate/move.js';
import { integers } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { knownInts } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator, MAX_RANK } from '../operator.js';

/** Adds axes of size 1, counted in the result. */
export const unsqueeze = defineOperator({
  since: 21,
  inputs: { x: one(), axes: one() },
  infer({ op, inputs: { x, axes }, contents }) {
    const [count] = axes.shape;
    // Of axes that are computed, only their number may be known.
    if (!contents.axes && typeof count === 'number') {
      return [{ dtype: x.dtype, shape: new Array<Dim>(x.shape.length + Math.min(count, MAX_RANK)).fill('') }];
    }
    return [{ dtype: x.dtype, shape: withAxes<Dim>(x.shape, knownInts(op, contents.axes, 'axes')) }];
  },
  propagate: ({ inputs, contents }) => [inputs.x.shape.length === 0 ? contents.x : undefined],
  evaluate: ({ inputs: { x, axes } }) => [reshaped(x, withAxes(x.shape, integers(axes)))],
});

function withAxes<T>(shape: readonly T[], given: readonly number[]): (T | 1)[] {
  const rank = shape.length + given.length;
  const axes = given.map(axis => normalizeAxis(axis, rank));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!));
}
