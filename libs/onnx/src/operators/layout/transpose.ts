import { TypeInferenceError } from '../../errors.js';
import { rearrange } from '../../evaluate/move.js';
import { ints } from '../attribute-specs.js';
import { describe } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** Axis i of the result is axis perm[i] of the operand; without perm the order is reversed. */
export const transpose = defineOperator({
  since: 21,
  attributes: { perm: ints() },
  inputs: { x: one() },
  infer({ op, inputs: { x }, attributes }) {
    const perm = permutation(attributes.perm, x.shape.length);
    const isPermutation = perm.length === x.shape.length && x.shape.every((_, axis) => perm.includes(axis));
    if (!isPermutation) throw new TypeInferenceError(`${op} of ${describe(x)} by perm [${perm.join(',')}]`);
    return [{ dtype: x.dtype, shape: perm.map(axis => x.shape[axis]!) }];
  },
  evaluate({ inputs: { x }, attributes }) {
    const perm = permutation(attributes.perm, x.shape.length);
    const source = new Array<number>(perm.length);
    const moved = rearrange(
      x,
      perm.map(axis => x.shape[axis]!),
      index => {
        perm.forEach((axis, position) => {
          source[axis] = index[position]!;
        });
        return source;
      },
    );
    return [moved];
  },
});

export function permutation(perm: readonly number[] | undefined, rank: number): readonly number[] {
  return perm ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}
