import { type Reduction, reduce } from '../../evaluate/reduce.js';
import { type InputSpec, one } from '../input-specs.js';
import { defineOperator, type Operator } from '../operator.js';

export function globalPool(reduction: Reduction): Operator<Record<never, never>, { readonly x: InputSpec<'one'> }> {
  return defineOperator({
    since: 1,
    inputs: { x: one() },
    infer: ({ inputs: { x } }) => [{ dtype: x.dtype, shape: x.shape.map((dim, axis) => (axis < 2 ? dim : 1)) }],
    evaluate: ({ inputs: { x } }) => [reduce(x, spatialAxes(x.shape.length), true, reduction)],
  });
}

export function spatialAxes(rank: number): number[] {
  return Array.from({ length: rank - 2 }, (_, axis) => axis + 2);
}
