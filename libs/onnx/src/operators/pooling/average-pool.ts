import { rowMajorStrides } from '@athanor/tensor';
import { flatIndex, forEachIndex } from '../../evaluate/indices.js';
import { realArray, reals } from '../../evaluate/nd-array.js';
import { flag } from '../attribute-specs.js';
import { forEachTap, type WindowAxis } from '../convolution/window.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';
import { poolAttributes, poolGeometry, poolType } from './pool.js';

/** The mean of each window: of its elements, or with count_include_pad of its elements and pads. */
export const averagePool = defineOperator({
  since: 19,
  attributes: { ...poolAttributes, count_include_pad: flag(false) },
  inputs: { x: one() },
  infer: ({ op, inputs: { x }, attributes }) => [poolType(op, x, attributes)],
  evaluate({ op, inputs: { x }, attributes }) {
    const { axes, sizes, shape } = poolGeometry(op, x, attributes);
    const result = realArray(x.dtype, shape);
    const [values, strides] = [reals(x), rowMajorStrides(x.shape)];
    forEachIndex(shape, ([n, c, ...place], flat) => {
      const start = n! * strides[0]! + c! * strides[1]!;
      let [sum, count] = [0, 0];
      forEachTap(place, axes, sizes, position => {
        sum += values[start + flatIndex(position, strides.slice(2))]!;
        count++;
      });
      const divisor = attributes.count_include_pad ? paddedCount(place, axes, sizes) : count;
      result.data[flat] = sum / divisor;
    });
    return [result];
  },
});

/** Taps of a window within the operand and its pads: with ceil_mode the last window may reach beyond them. */
export function paddedCount(place: readonly number[], axes: readonly WindowAxis[], sizes: readonly number[]): number {
  return axes.reduce((count, { kernel, stride, dilation, padBefore, padAfter }, at) => {
    const end = sizes[at]! + padBefore + padAfter;
    const within = Array.from({ length: kernel }, (_, k) => place[at]! * stride + k * dilation).filter(
      tap => tap < end,
    );
    return count * within.length;
  }, 1);
}
