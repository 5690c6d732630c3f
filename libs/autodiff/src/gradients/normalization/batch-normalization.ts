import type { Value } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { add, mul, neg, scale as scaled, sub, sum } from '../../emit.js';
import { defineGradient, type GradientCall, type GradientsOf } from '../gradient.js';
import { divideByCount } from '../reduction/spread.js';
import { channelAxes, inverseDeviation, perChannel, standardize, throughStandard } from './standardize.js';

const ONES = tensor('FP64', [3], Float64Array.of(1, 1, 1));

/** In training mode also through the mean and variance of the batch, and those of the running statistics. */
export const gradient = defineGradient('BatchNormalization', {
  backward: call => (call.attributes.training_mode ? byBatch(call) : byGiven(call)),
  cases: [
    { inputs: [[3, 2, 4], [2], [2], [2], [2]], range: [0.5, 2] },
    {
      inputs: [[4, 3], ONES, ONES, ONES, ONES],
      symbolic: true,
    },
    { inputs: [[3, 2, 2, 2], [2], [2], [2], [2]], attributes: { training_mode: true }, outputs: 3 },
    {
      inputs: [[4, 3], ONES, ONES, ONES, ONES],
      attributes: { training_mode: true, momentum: 0.75 },
      outputs: 3,
      symbolic: true,
    },
  ],
});

type Call = GradientCall<'BatchNormalization'>;

// y = (x - mean)·r·scale + bias with r = 1/√(variance + ε); dr/d variance = -r³/2
function byGiven({ g, inputs, attributes, wanted, dy }: Call): GradientsOf<'BatchNormalization'> {
  const { x, scale, mean, variance } = inputs;
  const rank = x.shape.length;
  const inverse = inverseDeviation(g, variance, attributes.epsilon);
  const factor = mul(g, scale, inverse);
  const bias = wanted.bias || wanted.mean ? sum(g, dy, channelAxes(rank), false) : undefined;
  const standard = () => mul(g, sub(g, x, perChannel(g, mean, rank)), perChannel(g, inverse, rank));
  const ofScale =
    wanted.scale || wanted.variance ? sum(g, mul(g, dy, standard()), channelAxes(rank), false) : undefined;
  return {
    x: wanted.x ? mul(g, dy, perChannel(g, factor, rank)) : undefined,
    scale: ofScale,
    bias,
    mean: wanted.mean ? neg(g, mul(g, bias!, factor)) : undefined,
    variance: wanted.variance ? scaled(g, mul(g, mul(g, ofScale!, factor), inverse), -0.5) : undefined,
  };
}

function byBatch({ g, inputs, attributes, outputGradients, wanted, dy }: Call): GradientsOf<'BatchNormalization'> {
  const { x, scale } = inputs;
  const { epsilon, momentum } = attributes;
  const rank = x.shape.length;
  const axes = channelAxes(rank);
  const standard = standardize(g, x, { axes, epsilon });
  const [, ofMean, ofVariance] = outputGradients;
  const share = (of: Value, factor: number) =>
    divideByCount(g, perChannel(g, scaled(g, of, factor * (1 - momentum)), rank), { of: x, axes });
  const dx = () => {
    let gradient = throughStandard(g, mul(g, dy, perChannel(g, scale, rank)), standard);
    // d mean/dx = 1/n, d variance/dx = 2(x - mean)/n
    if (ofMean) gradient = add(g, gradient, share(ofMean, 1));
    if (ofVariance) gradient = add(g, gradient, mul(g, share(ofVariance, 2), standard.centered));
    return gradient;
  };
  return {
    x: wanted.x ? dx() : undefined,
    scale: wanted.scale ? sum(g, mul(g, dy, standard.standard), axes, false) : undefined,
    bias: wanted.bias ? sum(g, dy, axes, false) : undefined,
    mean: ofMean && wanted.mean ? scaled(g, ofMean, momentum) : undefined,
    variance: ofVariance && wanted.variance ? scaled(g, ofVariance, momentum) : undefined,
  };
}
