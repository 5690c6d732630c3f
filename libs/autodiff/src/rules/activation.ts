import { intOf } from '@athanor/onnx';
import { mul, scalar, sub, sum } from '../emit.js';
import { type GradientRule, gradientOf } from '../gradient-rule.js';

// relu(x) ≥ 0, so its sign is the derivative: one node that reads a value which the forward pass keeps anyway.
export const relu: GradientRule<'Relu'> = call => [
  mul(call.g, gradientOf(call), call.g.op('Sign', [call.outputs[0]!])),
];

// σ' = σ(1-σ)
export const sigmoid: GradientRule<'Sigmoid'> = ({ g, outputs: [y], outputGradients: [dy] }) => [
  mul(g, dy!, mul(g, y!, sub(g, scalar(g, y!.dtype, 1), y!))),
];

// tanh' = 1 - tanh²
export const tanh: GradientRule<'Tanh'> = ({ g, outputs: [y], outputGradients: [dy] }) => [
  mul(g, dy!, sub(g, scalar(g, y!.dtype, 1), mul(g, y!, y!))),
];

// dx = y ⊙ (dy - Σ dy⊙y)
export const softmax: GradientRule<'Softmax'> = ({ g, outputs: [y], attributes, outputGradients: [dy] }) => {
  const inner = sum(g, mul(g, dy!, y!), [intOf(attributes, 'axis', -1)], true);
  return [mul(g, y!, sub(g, dy!, inner))];
};

// dx = dy - softmax(x) · Σ dy
export const logSoftmax: GradientRule<'LogSoftmax'> = ({ g, outputs: [y], attributes, outputGradients: [dy] }) => {
  const total = sum(g, dy!, [intOf(attributes, 'axis', -1)], true);
  return [sub(g, dy!, mul(g, g.op('Exp', [y!]), total))];
};
