import type { GraphBuilder, Value } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { add, mean as meanOver, mul, neg, onesLike, scale as scaled, sub, sum, zerosLike } from '../../emit.js';
import { defineGradient, type GradientCall, type GradientsOf } from '../gradient.js';
import { divideByCount } from '../reduction/spread.js';
import { channelAxes, inverseDeviation, perChannel } from './standardize.js';

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

/**
 * With c = x - mean and A = scale·r:  dx = A·dy + B·c + C per channel, B = -A·r²·mean(dy·c) and C = -A·mean(dy). Also from the
 * running statistics: d mean/dx = 1/n, d variance/dx = 2c/n.
 */
function byBatch({ g, inputs, attributes, outputGradients, wanted, dy }: Call): GradientsOf<'BatchNormalization'> {
  const { x, scale } = inputs;
  const { epsilon, momentum } = attributes;
  const rank = x.shape.length;
  const axes = channelAxes(rank);
  const centered = sub(g, x, meanOver(g, x, axes, true));
  const perElement = (value: Value) => divideByCount(g, value, { of: x, axes });
  const squares = g.op('ReduceSumSquare', [centered, g.axes(axes)]);
  const inverse = inverseDeviation(g, perElement(squares), epsilon);
  const [total, product] = [sum(g, dy, axes, true), sum(g, mul(g, dy, centered), axes, true)];
  const [, ofMean, ofVariance] = outputGradients;
  const fresh = (gradient: Value, factor: number) =>
    perElement(perChannel(g, scaled(g, gradient, factor * (1 - momentum)), rank));
  const dx = () => {
    const factor = mul(g, perChannel(g, scale, rank), inverse);
    let ofCentered = neg(g, perElement(mul(g, mul(g, factor, mul(g, inverse, inverse)), product)));
    let offset = neg(g, perElement(mul(g, factor, total)));
    if (ofMean) offset = add(g, offset, fresh(ofMean, 1));
    if (ofVariance) ofCentered = add(g, ofCentered, fresh(ofVariance, 2));
    return add(g, affine(g, dy, factor, offset), mul(g, centered, ofCentered));
  };
  return {
    x: wanted.x ? dx() : undefined,
    scale: wanted.scale ? vector(g, mul(g, product, inverse)) : undefined,
    bias: wanted.bias ? vector(g, total) : undefined,
    mean: ofMean && wanted.mean ? scaled(g, ofMean, momentum) : undefined,
    variance: ofVariance && wanted.variance ? scaled(g, ofVariance, momentum) : undefined,
  };
}

const vector = (g: GraphBuilder, value: Value): Value => g.op('Reshape', [value, g.axes([-1])]);

/** x·factor + offset per channel in one pass, which is what the operator does with statistics of 0 and 1. */
function affine(g: GraphBuilder, x: Value, factor: Value, offset: Value): Value {
  const [slope, shift] = [vector(g, factor), vector(g, offset)];
  const [none, one] = [zerosLike(g, slope), onesLike(g, slope)];
  return g.op('BatchNormalization', [x, slope, shift, none, one], { attributes: { epsilon: 0 } });
}
