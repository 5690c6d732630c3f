import { elementCount, rowMajorStrides } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { realArray, reals } from '../../evaluate/nd-array.js';
import type { Dim } from '../../model.js';
import { type AttributeValues, int, ints } from '../attribute-specs.js';
import { describe, differ } from '../dims.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { forEachTap, type WindowAxis, windowAttributes } from './window.js';

const attributes = {
  ...windowAttributes,
  group: int(1),
  kernel_shape: ints(),
  output_padding: ints(),
  output_shape: ints(),
};

/** The adjoint of Conv in its operand: each element of x adds x · w to the places that a window at its position covers. */
export const convTranspose = defineOperator({
  since: 11,
  attributes,
  inputs: { x: one(), w: one(), b: optional() },
  infer({ op, inputs: { x, w }, attributes: given }) {
    const [batch, channels, ...sizes] = x.shape;
    const [inputs, perGroup, ...kernel] = w.shape;
    if (sizes.length === 0 || kernel.length !== sizes.length || differ(channels!, inputs!)) {
      throw new TypeInferenceError(`${op} of ${describe(x)} by ${describe(w)} in ${given.group} groups`);
    }
    const outputs: Dim = typeof perGroup === 'number' ? perGroup * given.group : '';
    return [
      { dtype: x.dtype, shape: [batch!, outputs, ...outputAxes(op, { kernel, sizes }, given).map(axis => axis.size)] },
    ];
  },
  evaluate({ op, inputs: { x, w, b }, attributes: given }) {
    const [batch, channels, ...sizes] = x.shape as [number, number, ...number[]];
    const [, perGroup, ...kernel] = w.shape as [number, number, ...number[]];
    const axes = outputAxes(op, { kernel, sizes }, given);
    const outSizes = axes.map(axis => axis.size as number);
    const result = realArray(x.dtype, [batch, perGroup * given.group, ...outSizes]);
    const [values, weights, taps] = [reals(x), reals(w), elementCount(kernel)];
    const strides = rowMajorStrides(result.shape);
    if (b) {
      const bias = reals(b);
      forEachIndex(result.shape, (index, flat) => {
        result.data[flat] = bias[index[1]!]!;
      });
    }
    forEachIndex(x.shape, ([n, c, ...place], flat) => {
      const firstChannel = Math.floor(c! / (channels / given.group)) * perGroup;
      forEachTap(place, axes, outSizes, (position, tap) => {
        const at = n! * strides[0]! + flatIndex(position, strides.slice(2));
        for (let o = 0; o < perGroup; o++) {
          result.data[at + (firstChannel + o) * strides[1]!]! +=
            values[flat]! * weights[(c! * perGroup + o) * taps + tap]!;
        }
      });
    });
    return [result];
  },
});

interface OutputAxis extends WindowAxis {
  readonly size: Dim;
}

/** ConvTranspose-11: size = stride·(in - 1) + outputPadding + span - pads; with output_shape or auto_pad the pads follow. */
function outputAxes(
  op: string,
  { kernel, sizes }: { readonly kernel: readonly Dim[]; readonly sizes: readonly Dim[] },
  { auto_pad, dilations, pads, strides, output_padding, output_shape }: AttributeValues<typeof attributes>,
): OutputAxis[] {
  const rank = sizes.length;
  return sizes.map((size, at) => {
    const extent = kernel[at];
    if (typeof extent !== 'number') throw new TypeInferenceError(`${op} needs a kernel of known size`);
    const [stride, dilation] = [strides?.[at] ?? 1, dilations?.[at] ?? 1];
    const each = { kernel: extent, stride, dilation };
    const [before, after] = [pads?.[at] ?? 0, pads?.[at + rank] ?? 0];
    const extra = (output_padding?.[at] ?? 0) + (extent - 1) * dilation + 1;
    if (typeof size !== 'number')
      return { ...each, padBefore: before, padAfter: after, size: symbolicSize(size, stride, extra - before - after) };
    const full = stride * (size - 1) + extra;
    const wanted = output_shape?.[at] ?? (auto_pad.startsWith('SAME') ? size * stride : undefined);
    if (wanted === undefined) return { ...each, padBefore: before, padAfter: after, size: full - before - after };
    const total = Math.max(0, full - wanted);
    const padBefore = auto_pad === 'SAME_UPPER' ? Math.floor(total / 2) : total - Math.floor(total / 2);
    return { ...each, padBefore, padAfter: total - padBefore, size: wanted };
  });
}

function symbolicSize(size: Dim, stride: number, extra: number): Dim {
  return stride === 1 && extra === 1 ? size : '';
}
