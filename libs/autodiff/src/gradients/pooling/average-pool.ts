import { type GraphBuilder, paddedCount, type Value, type WindowAxis, windowAxes } from '@athanor/onnx';
import { elementCount } from '@athanor/tensor';
import { constant, mul, reshapeLike, scale } from '../../emit.js';
import { spatialSizes, transposeAttributes } from '../convolution/geometry.js';
import { defineGradient } from '../gradient.js';

/** Each element of a window gets an equal share: a transposed convolution of the shares by ones, channel by channel. */
export const gradient = defineGradient('AveragePool', {
  backward({ g, op, inputs: { x }, attributes, dy }) {
    const kernel = attributes.kernel_shape;
    const sizes = spatialSizes(x);
    const axes = windowAxes(op, { kernel, sizes }, attributes);
    const places = spatialSizes(dy);
    const isTiling = axes.every((axis, at) => isTiled(axis, sizes[at]! / places[at]!));
    if (isTiling) return { x: reshapeLike(g, repeated(g, scale(g, dy, 1 / elementCount(kernel)), kernel), x) };
    const shares = mul(g, dy, shareOf(g, dy, { axes, sizes, countsPads: attributes.count_include_pad }));
    const channels = x.shape[1] as number;
    const ones = constant(
      g,
      dy.dtype,
      [channels, 1, ...kernel],
      new Array<number>(channels * elementCount(kernel)).fill(1),
    );
    const transposed = transposeAttributes({ axes, group: channels }, sizes, places);
    const spread = g.op('ConvTranspose', [shares, ones], { attributes: transposed });
    return { x: { ...spread, shape: x.shape } };
  },
  cases: [
    { inputs: [[2, 2, 4, 4]], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { inputs: [[1, 2, 5, 5]], attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } },
    { inputs: [[1, 2, 5, 4]], attributes: { kernel_shape: [3, 2], pads: [1, 0, 1, 1], count_include_pad: true } },
    { inputs: [[1, 1, 6, 6]], attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: true } },
    { inputs: [[2, 2, 6]], attributes: { kernel_shape: [2] } },
  ],
});

function isTiled({ kernel, stride, dilation, padBefore, padAfter }: WindowAxis, ratio: number): boolean {
  return kernel === stride && dilation === 1 && padBefore + padAfter === 0 && ratio === kernel;
}

/** [n, c, p, q] as [n, c, p, kernel, q, kernel], each element repeated. */
function repeated(g: GraphBuilder, x: Value, kernel: readonly number[]): Value {
  const between = g.op('Unsqueeze', [x, g.axes(kernel.map((_, at) => 3 + 2 * at))]);
  return g.op('Expand', [between, g.axes([1, 1, ...kernel.flatMap(size => [1, size])])]);
}

interface Shares {
  readonly axes: readonly WindowAxis[];
  readonly sizes: readonly number[];
  readonly countsPads: boolean;
}

/** 1 / the number of elements that each place of the window divides by: [1, 1, …places]. */
function shareOf(g: GraphBuilder, dy: Value, { axes, sizes, countsPads }: Shares): Value {
  const places = spatialSizes(dy);
  const counts = places.reduce<number[]>(
    (products, count, at) => {
      const along = Array.from({ length: count }, (_, place) => {
        const { kernel, stride, dilation, padBefore } = axes[at]!;
        if (countsPads) return paddedCount([place], [axes[at]!], [sizes[at]!]);
        const taps = Array.from({ length: kernel }, (_, k) => place * stride + k * dilation - padBefore);
        return taps.filter(tap => tap >= 0 && tap < sizes[at]!).length;
      });
      return products.flatMap(product => along.map(each => product * each));
    },
    [1],
  );
  const shares = counts.map(count => 1 / count);
  return constant(g, dy.dtype, [1, 1, ...places], shares);
}
