import { sum } from '../../emit.js';
import { defineGradient, type GradientCall, type GradientsOf } from '../gradient.js';
import { geometryOf } from './geometry.js';
import { operandGradient, operandGradientByConvolution } from './operand-gradient.js';
import { weightGradient, weightGradientByRows } from './weight-gradient.js';

/** dB = Σ dY over all but the channels; dX: operand-gradient.ts, dW: weight-gradient.ts. */
export const gradient = defineGradient('Conv', {
  backward: call => differentiate(call, { ofOperand: operandGradient, ofWeights: weightGradient }),
  lowerings: {
    cpu: call => differentiate(call, { ofOperand: operandGradientByConvolution, ofWeights: weightGradientByRows }),
  },
  cases: [
    { inputs: [[2, 2, 5, 5], [3, 2, 3, 3], [3]], attributes: { pads: [1, 1, 1, 1] } },
    {
      inputs: [
        [1, 2, 6, 5],
        [2, 2, 3, 2],
      ],
      attributes: { strides: [2, 2], pads: [1, 0, 0, 1] },
    },
    {
      inputs: [
        [1, 1, 7, 7],
        [2, 1, 3, 3],
      ],
      attributes: { dilations: [2, 2], strides: [2, 1] },
    },
    {
      inputs: [
        [2, 4, 4, 4],
        [4, 2, 3, 3],
      ],
      attributes: { group: 2, auto_pad: 'SAME_UPPER' },
    },
    { inputs: [[2, 3, 5, 4], [3, 1, 3, 3], [3]], attributes: { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] } },
    {
      inputs: [
        [2, 2, 4, 4],
        [3, 2, 1, 1],
      ],
      attributes: { strides: [2, 2] },
    },
    {
      inputs: [
        [2, 3, 8],
        [4, 3, 3],
      ],
      attributes: { strides: [2], pads: [1, 1] },
    },
    {
      inputs: [
        [2, 2, 4, 4],
        [3, 2, 3, 3],
      ],
      attributes: { auto_pad: 'SAME_LOWER' },
    },
  ],
});

interface Parts {
  readonly ofOperand: typeof operandGradient;
  readonly ofWeights: typeof weightGradient;
}

function differentiate(call: GradientCall<'Conv'>, { ofOperand, ofWeights }: Parts): GradientsOf<'Conv'> {
  const {
    g,
    op,
    inputs: { x, w, b },
    attributes,
    wanted,
    dy,
  } = call;
  const geometry = geometryOf(op, { x, w }, attributes);
  return {
    x: wanted.x ? ofOperand(g, { x, w, dy }, geometry) : undefined,
    w: wanted.w ? ofWeights(g, { x, w, dy }, geometry) : undefined,
    b: b && wanted.b ? sum(g, dy, dy.shape.map((_, axis) => axis).toSpliced(1, 1), false) : undefined,
  };
}
