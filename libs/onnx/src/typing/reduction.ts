import { normalizeAxis } from '@athanor/tensor';
import { intOf, intsOf } from '../attribute.js';
import { TypeInferenceError } from '../errors.js';
import type { Dim } from '../model.js';
import { inputOf, type Site, type TypingRule } from './site.js';

export const reduction: TypingRule = site => {
  const { dtype, shape } = inputOf(site, 0);
  const axes = reducedAxes(site, shape.length);
  return [{ dtype, shape: collapse(shape, axes, intOf(site.attributes, 'keepdims', 1) === 1) }];
};

export const argReduction: TypingRule = site => {
  const { shape } = inputOf(site, 0);
  const axis = normalizeAxis(intOf(site.attributes, 'axis', 0), shape.length);
  return [{ dtype: 'INT64', shape: collapse(shape, [axis], intOf(site.attributes, 'keepdims', 1) === 1) }];
};

/** Axes are an input since opset 13 (ReduceSum) and 18 (the others), an attribute before; none means all. */
export function reducedAxes(site: Site, rank: number): number[] {
  const given = intsOf(site.attributes, 'axes') ?? (site.inputs[1] ? requiredAxes(site) : []);
  if (given.length > 0) return given.map(axis => normalizeAxis(axis, rank));
  const all = Array.from({ length: rank }, (_, axis) => axis);
  return intOf(site.attributes, 'noop_with_empty_axes', 0) === 1 ? [] : all;
}

function requiredAxes(site: Site): readonly number[] {
  const axes = site.constantInts(1);
  if (axes === undefined) throw new TypeInferenceError(`${site.op} needs constant axes`);
  return axes;
}

function collapse(shape: readonly Dim[], axes: readonly number[], keepDims: boolean): Dim[] {
  return keepDims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));
}
