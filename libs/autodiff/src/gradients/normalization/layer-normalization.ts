import type { GraphBuilder, Value } from '@athanor/onnx';
import { normalizeAxis, tensor } from '@athanor/tensor';
import { add, cast, mul, sub } from '../../emit.js';
import { unbroadcast } from '../../unbroadcast.js';
import { defineGradient, type GradientCall } from '../gradient.js';
import { divideByCount } from '../reduction/spread.js';
import { type Standard, standardize, throughStandard } from './standardize.js';

export const gradient = defineGradient('LayerNormalization', {
  backward(call) {
    const { g, inputs, attributes, wanted, dy } = call;
    const { x, scale, bias } = inputs;
    const start = normalizeAxis(attributes.axis, x.shape.length);
    const axes = x.shape.slice(start).map((_, index) => start + index);
    const standard = standardize(g, x, { axes, epsilon: attributes.epsilon });
    return {
      x: wanted.x ? withStatistics(call, throughStandard(g, mul(g, dy, scale), standard), standard) : undefined,
      scale: wanted.scale ? unbroadcast(g, mul(g, dy, standard.standard), scale) : undefined,
      bias: bias && wanted.bias ? unbroadcast(g, dy, bias) : undefined,
    };
  },
  cases: [
    { inputs: [[3, 5], [5], [5]] },
    {
      inputs: [
        [2, 3, 4],
        [3, 4],
      ],
      attributes: { axis: 1, epsilon: 0.01 },
    },
    { inputs: [[4, 3], numbers(0.5, -1.5, 2), numbers(1, 0, -1)], symbolic: true },
    { inputs: [[3, 5], [5], [5]], outputs: 3 },
  ],
});

function numbers(...values: number[]) {
  return tensor('FP64', [values.length], Float64Array.from(values));
}

// Of the further outputs: d mean/dx = 1/n, dr/dx = -r²·x̂/n.
function withStatistics(call: GradientCall<'LayerNormalization'>, dx: Value, standard: Standard): Value {
  const { g, inputs, outputGradients } = call;
  const [, ofMean, ofInverse] = outputGradients;
  const share = (of: Value) => divideByCount(g, cast(g, of, dx.dtype), { of: inputs.x, axes: standard.axes });
  const withMean = ofMean ? add(g, dx, share(ofMean)) : dx;
  return ofInverse ? sub(g, withMean, alongStandard(g, share(ofInverse), standard)) : withMean;
}

function alongStandard(g: GraphBuilder, share: Value, { standard, inverse }: Standard): Value {
  return mul(g, mul(g, share, mul(g, inverse, inverse)), standard);
}
