import { normalizeAxis } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { integers } from '../../evaluate/nd-array.js';
import { type Reduction, reduce } from '../../evaluate/reduce.js';
import type { Dim, ValueType } from '../../model.js';
import { type AttributeSpec, flag } from '../attribute-specs.js';
import { knownInts } from '../dims.js';
import { type InputSpec, one, optional } from '../input-specs.js';
import { defineOperator, type Operator } from '../operator.js';

type ReductionAttributes = {
  readonly keepdims: AttributeSpec<boolean>;
  readonly noop_with_empty_axes: AttributeSpec<boolean>;
};
type ReductionInputs = { readonly x: InputSpec<'one'>; readonly axes: InputSpec<'optional'> };

/** Reduces the elements along axes to one; without axes along all. */
export function reduction(
  definition: { readonly since: number } & Reduction,
): Operator<ReductionAttributes, ReductionInputs> {
  return defineOperator<ReductionInputs, ReductionAttributes>({
    since: definition.since,
    attributes: { keepdims: flag(true), noop_with_empty_axes: flag(false) },
    inputs: { x: one(), axes: optional() },
    infer({ op, inputs: { x, axes: given }, attributes, contents }) {
      if (given && !contents.axes) return [{ dtype: x.dtype, shape: unknownAxes(op, x, given, attributes.keepdims) }];
      const known = given ? knownInts(op, contents.axes, 'axes') : [];
      const axes = reducedAxes(known, x.shape.length, attributes.noop_with_empty_axes);
      return [{ dtype: x.dtype, shape: collapse(x.shape, axes, attributes.keepdims) }];
    },
    evaluate({ inputs: { x, axes: given }, attributes }) {
      const axes = reducedAxes(given ? integers(given) : [], x.shape.length, attributes.noop_with_empty_axes);
      return [reduce(x, axes, attributes.keepdims, definition)];
    },
  });
}

/** Of axes that are computed, only their number may be known. */
function unknownAxes(op: string, x: ValueType, { shape: [count] }: ValueType, keepDims: boolean): Dim[] {
  if (keepDims) return x.shape.map(() => '');
  // No axes at all may mean all of them.
  if (typeof count !== 'number' || count === 0 || count > x.shape.length)
    throw new TypeInferenceError(`${op} needs constant axes`);
  return new Array<Dim>(x.shape.length - count).fill('');
}

export function reducedAxes(given: readonly number[], rank: number, noopWithEmptyAxes: boolean): number[] {
  if (given.length > 0) return given.map(axis => normalizeAxis(axis, rank));
  return noopWithEmptyAxes ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

export function collapse(shape: readonly Dim[], axes: readonly number[], keepDims: boolean): Dim[] {
  return keepDims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));
}
