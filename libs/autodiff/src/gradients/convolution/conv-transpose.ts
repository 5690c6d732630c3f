import { sum } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient, type GradientCall, type GradientsOf } from '../gradient.js';
import { convAttributes, type Geometry } from './geometry.js';
import { weightGradient, weightGradientByRows } from './weight-gradient.js';

/** dX = Conv(dY, W); the weights' gradient is that of this convolution, with dY as its operand and X as its gradient. */
export const gradient = defineGradient('ConvTranspose', {
  backward: call => differentiate(call, weightGradient),
  lowerings: { cpu: call => differentiate(call, weightGradientByRows) },
  cases: [
    { inputs: [[2, 2, 3, 3], [2, 3, 3, 3], [3]] },
    {
      inputs: [
        [1, 2, 3, 2],
        [2, 2, 3, 3],
      ],
      attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 0] },
    },
    {
      inputs: [
        [1, 4, 3, 3],
        [4, 2, 2, 2],
      ],
      attributes: { group: 2, dilations: [2, 1] },
    },
    {
      inputs: [
        [2, 2, 4],
        [2, 3, 3],
      ],
      attributes: { strides: [2], pads: [1, 0] },
    },
  ],
});

function differentiate(
  { g, inputs: { x, w, b }, attributes, wanted, dy }: GradientCall<'ConvTranspose'>,
  ofWeights: typeof weightGradient,
): GradientsOf<'ConvTranspose'> {
  if (attributes.auto_pad !== 'NOTSET' || attributes.output_shape) {
    throw new GradientError('ConvTranspose with auto_pad or output_shape; use pads and output_padding');
  }
  const rank = w.shape.length - 2;
  const axes = w.shape.slice(2).map((kernel, at) => ({
    kernel: kernel as number,
    stride: attributes.strides?.[at] ?? 1,
    dilation: attributes.dilations?.[at] ?? 1,
    padBefore: attributes.pads?.[at] ?? 0,
    padAfter: attributes.pads?.[at + rank] ?? 0,
  }));
  const geometry: Geometry = { axes, group: attributes.group };
  return {
    x: wanted.x ? { ...g.op('Conv', [dy, w], { attributes: convAttributes(geometry) }), shape: x.shape } : undefined,
    w: wanted.w ? ofWeights(g, { x: dy, w, dy: x }, geometry) : undefined,
    b: b && wanted.b ? sum(g, dy, dy.shape.map((_, axis) => axis).toSpliced(1, 1), false) : undefined,
  };
}
