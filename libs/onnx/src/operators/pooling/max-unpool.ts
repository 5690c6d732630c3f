import { elementCount } from '@athanor/tensor';
import { integers, realArray, reals } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { ints, required } from '../attribute-specs.js';
import { knownInts } from '../dims.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** Puts elements at their positions in a flattened result, zeros elsewhere: the inverse of MaxPool. */
export const maxUnpool = defineOperator({
  since: 11,
  attributes: { kernel_shape: required(ints()), pads: ints(), strides: ints() },
  inputs: { x: one(), indices: one(), outputShape: optional() },
  infer({ op, inputs: { x, outputShape }, attributes, contents }) {
    if (outputShape && contents.outputShape) return [{ dtype: x.dtype, shape: contents.outputShape }];
    if (outputShape) return [{ dtype: x.dtype, shape: knownInts(op, contents.outputShape, 'output shape') }];
    return [{ dtype: x.dtype, shape: unpooled(x.shape, attributes) }];
  },
  evaluate({ inputs: { x, indices, outputShape }, attributes }) {
    const shape = outputShape ? integers(outputShape) : (unpooled(x.shape, attributes) as number[]);
    const result = realArray(x.dtype, shape);
    const [values, positions] = [reals(x), integers(indices)];
    for (let i = 0; i < elementCount(x.shape); i++) result.data[positions[i]!] = values[i]!;
    return [result];
  },
});

function unpooled(
  shape: readonly Dim[],
  {
    kernel_shape,
    pads = [],
    strides,
  }: { kernel_shape: readonly number[]; pads?: readonly number[] | undefined; strides?: readonly number[] | undefined },
): Dim[] {
  const rank = kernel_shape.length;
  return shape.map((dim, axis) => {
    const at = axis - 2;
    if (at < 0 || typeof dim !== 'number') return at < 0 ? dim : '';
    return (strides?.[at] ?? 1) * (dim - 1) + kernel_shape[at]! - (pads[at] ?? 0) - (pads[at + rank] ?? 0);
  });
}
