import { elementCount, rowMajorStrides } from '@athanor/tensor';
import { TypeInferenceError } from '../../errors.js';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { realArray, reals } from '../../evaluate/nd-array.js';
import { int, ints } from '../attribute-specs.js';
import { describe, differ } from '../dims.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { forEachTap, windowAttributes, windowAxes, windowCount } from './window.js';

/** y[n, o, p] = b[o] + Σ x[n, c, p·stride + k·dilation - pad] · w[o, c, k], over the channels c of o's group and the taps k. */
export const conv = defineOperator({
  since: 11,
  attributes: { ...windowAttributes, group: int(1), kernel_shape: ints() },
  inputs: { x: one(), w: one(), b: optional() },
  infer({ op, inputs: { x, w }, attributes }) {
    const [batch, channels, ...sizes] = x.shape;
    const [outputs, perGroup, ...kernel] = w.shape;
    const { group } = attributes;
    const isChannels = typeof perGroup !== 'number' || !differ(channels!, perGroup * group);
    const isGrouped = typeof outputs !== 'number' || outputs % group === 0;
    if (sizes.length === 0 || kernel.length !== sizes.length || !isChannels || !isGrouped) {
      throw new TypeInferenceError(`${op} of ${describe(x)} by ${describe(w)} in ${group} groups`);
    }
    const axes = windowAxes(op, { kernel, sizes }, attributes);
    return [{ dtype: x.dtype, shape: [batch!, outputs!, ...axes.map((axis, at) => windowCount(sizes[at]!, axis))] }];
  },
  evaluate({ op, inputs: { x, w, b }, attributes }) {
    const [batch, , ...sizes] = x.shape as [number, number, ...number[]];
    const [outputs, perGroup, ...kernel] = w.shape as [number, number, ...number[]];
    const axes = windowAxes(op, { kernel, sizes }, attributes);
    const places = axes.map((axis, at) => windowCount(sizes[at]!, axis) as number);
    const result = realArray(x.dtype, [batch, outputs, ...places]);
    const [values, weights, bias] = [reals(x), reals(w), b && reals(b)];
    const [xStrides, taps] = [rowMajorStrides(x.shape), elementCount(kernel)];
    const spatial = xStrides.slice(2);
    forEachIndex(result.shape, ([n, o, ...place], flat) => {
      const firstChannel = Math.floor(o! / (outputs / attributes.group)) * perGroup;
      let sum = bias?.[o!] ?? 0;
      forEachTap(place, axes, sizes, (position, tap) => {
        const at = n! * xStrides[0]! + flatIndex(position, spatial);
        for (let c = 0; c < perGroup; c++) {
          sum += values[at + (firstChannel + c) * xStrides[1]!]! * weights[(o! * perGroup + c) * taps + tap]!;
        }
      });
      result.data[flat] = sum;
    });
    return [result];
  },
});
