import type { GraphBuilder, Value } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { add, div, mul, neg, scalar, sub, sum } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient, type GradientCall, type GradientsOf } from '../gradient.js';

type Call = GradientCall<'BatchNormalization'>;
type Gradients = GradientsOf<'BatchNormalization'>;

const CHANNELS = tensor('FP64', [3], Float64Array.of(0.3, -0.2, 0.1));
const VARIANCES = tensor('FP64', [3], Float64Array.of(0.5, 1.5, 2));

/**
 * With c = x - mean, r = 1/√(variance + ε):  d scale = r Σ dy·c, d shift = Σ dy, and dx = scale·r·dy; in training mode
 * dx = scale·r·(dy - (d shift + r²·c · Σ dy·c) / m), since mean and variance depend on x too (m elements per channel).
 */
export const gradient = defineGradient('BatchNormalization', {
  backward(call) {
    const { outputGradients, attributes } = call;
    if (outputGradients[1] || outputGradients[2]) throw new GradientError('running statistics have no gradient');
    return attributes.training_mode ? ofTraining(call) : ofInference(call);
  },
  cases: [
    { inputs: [[2, 3, 2, 2], [3], [3], CHANNELS, VARIANCES] },
    { inputs: [[4, 3], [3], [3], CHANNELS, VARIANCES], attributes: { epsilon: 0.1 } },
    {
      inputs: [[2, 3, 2, 2], [3], [3], CHANNELS, VARIANCES],
      attributes: { training_mode: true },
      outputs: 3,
      differentiated: 1,
    },
    {
      inputs: [[4, 3, 2], [3], [3], CHANNELS, VARIANCES],
      attributes: { training_mode: true, epsilon: 0.1 },
      outputs: 3,
      differentiated: 1,
    },
  ],
});

function ofTraining(call: Call): Gradients {
  const {
    g,
    inputs: { x, scale },
    attributes: { epsilon },
    wanted,
    dy,
  } = call;
  const axes = otherAxes(x);
  const mean = g.op('ReduceMean', [x, g.axes(axes)]);
  const centred = sub(g, x, mean);
  const rows = elementsPerChannel(g, x);
  const squares = g.op('ReduceSumSquare', [centred, g.axes(axes)]);
  const reciprocal = reciprocalDeviation(g, div(g, squares, rows), epsilon);
  const [shift, product] = [sum(g, dy, axes, true), sum(g, mul(g, dy, centred), axes, true)];
  const ofX = () => {
    const factor = mul(g, perChannel(g, scale, x), reciprocal);
    const share = div(g, factor, rows);
    const ofCentred = neg(g, mul(g, mul(g, share, mul(g, reciprocal, reciprocal)), product));
    return add(g, sub(g, mul(g, dy, factor), mul(g, share, shift)), mul(g, centred, ofCentred));
  };
  return {
    x: wanted.x ? ofX() : undefined,
    scale: wanted.scale ? flat(g, mul(g, product, reciprocal)) : undefined,
    shift: wanted.shift ? flat(g, shift) : undefined,
  };
}

function ofInference(call: Call): Gradients {
  const {
    g,
    inputs: { x, scale, mean, variance },
    attributes: { epsilon },
    wanted,
    dy,
  } = call;
  if (wanted.mean || wanted.variance) throw new GradientError('mean and variance have no gradient');
  const axes = otherAxes(x);
  const reciprocal = reciprocalDeviation(g, perChannel(g, variance, x), epsilon);
  const ofScale = () => {
    const product = sum(g, mul(g, dy, sub(g, x, perChannel(g, mean, x))), axes, true);
    return flat(g, mul(g, product, reciprocal));
  };
  return {
    x: wanted.x ? mul(g, dy, mul(g, perChannel(g, scale, x), reciprocal)) : undefined,
    scale: wanted.scale ? ofScale() : undefined,
    shift: wanted.shift ? sum(g, dy, axes, false) : undefined,
  };
}

/** All axes but that of the channels. */
const otherAxes = ({ shape }: Value): number[] => shape.map((_, axis) => axis).toSpliced(1, 1);

const flat = (g: GraphBuilder, x: Value): Value => g.op('Reshape', [x, g.axes([-1])]);

/** [channels] so that it broadcasts over [n, channels, …]. */
function perChannel(g: GraphBuilder, value: Value, { shape }: Value): Value {
  return shape.length === 2 ? value : g.op('Reshape', [value, g.axes([-1, ...shape.slice(2).map(() => 1)])]);
}

function reciprocalDeviation(g: GraphBuilder, variance: Value, epsilon: number): Value {
  return g.op('Reciprocal', [g.op('Sqrt', [add(g, variance, scalar(g, variance.dtype, epsilon))])]);
}

function elementsPerChannel(g: GraphBuilder, x: Value): Value {
  const count = div(g, g.op('Size', [x]), g.op('Gather', [g.op('Shape', [x]), g.axes([1])]));
  return g.op('Cast', [count], { attributes: { to: x.dtype } });
}
