import { intOf, intsOf, staticCount, type Value } from '@athanor/onnx';
import { int64, normalizeAxis } from '@athanor/tensor';
import { cast, div, scale, shapeValue } from '../emit.js';
import { GradientError } from '../errors.js';
import { type Call, type GradientRule, gradientOf } from '../gradient-rule.js';

type Reduction = Call<'ReduceSum'> | Call<'ReduceMean'>;

export const reduceSum: GradientRule<'ReduceSum'> = call => [spread(call), undefined];

export const reduceMean: GradientRule<'ReduceMean'> = call => {
  const { g, inputs } = call;
  const [x] = inputs;
  const spreadGradient = spread(call);
  const axes = reducedAxes(call);
  const count = staticCount(axes.map(axis => x.shape[axis]!));
  if (count !== undefined) return [scale(g, spreadGradient, 1 / count), undefined];
  const sizes = g.op('Gather', [g.op('Shape', [x]), g.constant(int64([axes.length], axes))]);
  const product = g.op('ReduceProd', [sizes, g.axes([0])], { attributes: { keepdims: { kind: 'int', value: 0 } } });
  return [div(g, spreadGradient, cast(g, product, x.dtype)), undefined];
};

// Each summand gets the gradient of the sum.
function spread(call: Reduction): Value {
  const { g, inputs, attributes } = call;
  const [x] = inputs;
  const kept = intOf(attributes, 'keepdims', 1) === 1;
  const axes = reducedAxes(call);
  const dy = kept || axes.length === 0 ? gradientOf(call) : g.op('Unsqueeze', [gradientOf(call), g.axes(axes)]);
  const expanded = g.op('Expand', [dy, shapeValue(g, x)]);
  // The inferred shape of Expand to a computed shape is unknown, but it equals x's.
  return { ...expanded, shape: x.shape };
}

function reducedAxes({ inputs, attributes, constantInts, op }: Reduction): number[] {
  const [x, axesInput] = inputs;
  const rank = x.shape.length;
  const given = intsOf(attributes, 'axes') ?? (axesInput ? constantInts(axesInput) : []);
  if (given === undefined) throw new GradientError(`${op} needs constant axes to be differentiated`);
  if (given.length > 0) return given.map(axis => normalizeAxis(axis, rank));
  const all = Array.from({ length: rank }, (_, axis) => axis);
  return intOf(attributes, 'noop_with_empty_axes', 0) === 1 ? [] : all;
}
