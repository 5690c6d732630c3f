import { normalizeAxis, rowMajorStrides } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { integers, type NdArray, realArray, reals } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { flag, float, ints, oneOf } from '../attribute-specs.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { interpolation, type Taps } from './interpolation.js';

/** Interpolates along the axes that have a scale or a size. */
export const resize = defineOperator({
  since: 19,
  attributes: {
    antialias: flag(false),
    axes: ints(),
    coordinate_transformation_mode: oneOf(
      'half_pixel',
      'half_pixel_symmetric',
      'pytorch_half_pixel',
      'align_corners',
      'asymmetric',
      'tf_crop_and_resize',
    ),
    cubic_coeff_a: float(-0.75),
    exclude_outside: flag(false),
    extrapolation_value: float(0),
    keep_aspect_ratio_policy: oneOf('stretch', 'not_larger', 'not_smaller'),
    mode: oneOf('nearest', 'linear', 'cubic'),
    nearest_mode: oneOf('round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'),
  },
  inputs: { x: one(), roi: optional(), scales: optional(), sizes: optional() },
  infer({ op, inputs: { x }, contents: { scales, sizes }, attributes: { axes, keep_aspect_ratio_policy } }) {
    assertStretches(op, keep_aspect_ratio_policy);
    const shape: Dim[] = [...x.shape];
    resizedAxes(axes, shape.length).forEach((axis, index) => {
      shape[axis] = sizes?.length ? sizes[index]! : scaledDim(shape[axis]!, scales?.[index]);
    });
    return [{ dtype: x.dtype, shape }];
  },
  evaluate({ op, inputs: { x, scales, sizes }, attributes }) {
    assertStretches(op, attributes.keep_aspect_ratio_policy);
    const axes = resizedAxes(attributes.axes, x.shape.length);
    const factors = scales?.data.length ? reals(scales) : undefined;
    const targets = sizes?.data.length ? integers(sizes) : undefined;
    const resized = axes.reduce((result, axis, index) => {
      const size = x.shape[axis]!;
      const target = targets?.[index] ?? Math.floor(size * factors![index]!);
      const scale = factors?.[index] ?? target / size;
      return alongOneAxis(result, axis, interpolation(attributes, { size, resized: target, scale }));
    }, x);
    return [resized];
  },
});

function assertStretches(op: string, policy: string): void {
  if (policy === 'stretch') return;
  throw new TypeInferenceError(`${op} with keep_aspect_ratio_policy ${policy}, expected stretch`);
}

export function resizedAxes(axes: readonly number[] | undefined, rank: number): number[] {
  return axes?.map(axis => normalizeAxis(axis, rank)) ?? Array.from({ length: rank }, (_, axis) => axis);
}

function scaledDim(dim: Dim, scale: Dim | undefined): Dim {
  if (scale === 1) return dim;
  return typeof dim === 'number' && typeof scale === 'number' ? Math.floor(dim * scale) : '';
}

function alongOneAxis(x: NdArray, axis: number, taps: readonly Taps[]): NdArray {
  const result = realArray(x.dtype, x.shape.with(axis, taps.length));
  const values = reals(x);
  const strides = rowMajorStrides(x.shape);
  forEachIndex(result.shape, (index, flat) => {
    const start = flatIndex(index.with(axis, 0), strides);
    result.data[flat] = taps[index[axis]!]!.reduce(
      (sum, [position, weight]) => sum + weight * values[start + position * strides[axis]!]!,
      0,
    );
  });
  return result;
}
