import { type AttributeSpec, int } from '../attribute-specs.js';
import type { Unary } from '../elementwise.js';
import { one } from '../input-specs.js';
import { defineOperator, type Operator } from '../operator.js';
import { alongAxis } from './along-axis.js';

/** Replaces each line of numbers along an axis, the last by default, by another of the same length. */
export function lineOperator(
  apply: (line: readonly number[]) => readonly number[],
): Operator<{ readonly axis: AttributeSpec<number> }, Unary> {
  return defineOperator({
    since: 13,
    attributes: { axis: int(-1) },
    inputs: { x: one() },
    infer: ({ inputs }) => [inputs.x],
    evaluate: ({ inputs: { x }, attributes: { axis } }) => [alongAxis(x, axis, apply)],
  });
}
