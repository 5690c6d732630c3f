import { normalizeAxis } from '@athanor/tensor';
import { groups, reducedShape } from '../../evaluate/reduce.js';
import { type AttributeSpec, flag, int } from '../attribute-specs.js';
import { type InputSpec, one } from '../input-specs.js';
import { defineOperator, type Operator } from '../operator.js';
import { collapse } from './reduction.js';

type ArgAttributes = {
  readonly axis: AttributeSpec<number>;
  readonly keepdims: AttributeSpec<boolean>;
  readonly select_last_index: AttributeSpec<boolean>;
};

/** The position, along one axis, of the element that is better than all others. */
export function argReduction(
  isBetter: (a: number | bigint, b: number | bigint) => boolean,
): Operator<ArgAttributes, { readonly x: InputSpec<'one'> }> {
  return defineOperator({
    since: 13,
    attributes: { axis: int(0), keepdims: flag(true), select_last_index: flag(false) },
    inputs: { x: one() },
    infer({ inputs: { x }, attributes: { axis, keepdims } }) {
      return [{ dtype: 'INT64', shape: collapse(x.shape, [normalizeAxis(axis, x.shape.length)], keepdims) }];
    },
    evaluate({ inputs: { x }, attributes: { axis: given, keepdims, select_last_index } }) {
      const axis = normalizeAxis(given, x.shape.length);
      const best = groups(x, [axis]).map(values => bestOf(values as number[], isBetter, select_last_index));
      return [
        { dtype: 'INT64', shape: reducedShape(x.shape, [axis], keepdims), data: BigInt64Array.from(best, BigInt) },
      ];
    },
  });
}

function bestOf(values: readonly number[], isBetter: (a: number, b: number) => boolean, selectLast: boolean): number {
  let best = 0;
  values.forEach((value, index) => {
    if (isBetter(value, values[best]!) || (selectLast && value === values[best])) best = index;
  });
  return best;
}
