import { cast, div, mul, neg, scalar, scale, sub } from '../emit.js';
import { GradientError } from '../errors.js';
import { type GradientRule, gradientOf } from '../gradient-rule.js';
import { unbroadcast } from './broadcast.js';

export const addition: GradientRule<'Add'> = call => {
  const dy = gradientOf(call);
  return call.inputs.map((input, index) => (call.wanted[index] ? unbroadcast(call.g, dy, input) : undefined));
};

export const subtraction: GradientRule<'Sub'> = ({ g, inputs: [a, b], wanted, outputGradients: [dy] }) => [
  wanted[0] ? unbroadcast(g, dy!, a) : undefined,
  wanted[1] ? neg(g, unbroadcast(g, dy!, b)) : undefined,
];

export const multiplication: GradientRule<'Mul'> = ({ g, inputs: [a, b], wanted, outputGradients: [dy] }) => [
  wanted[0] ? unbroadcast(g, mul(g, dy!, b), a) : undefined,
  wanted[1] ? unbroadcast(g, mul(g, dy!, a), b) : undefined,
];

// d(a/b)/da = 1/b, d(a/b)/db = -(a/b)/b
export const division: GradientRule<'Div'> = ({ g, inputs: [a, b], outputs: [y], wanted, outputGradients: [dy] }) => {
  const quotient = div(g, dy!, b);
  return [
    wanted[0] ? unbroadcast(g, quotient, a) : undefined,
    wanted[1] ? unbroadcast(g, neg(g, mul(g, quotient, y!)), b) : undefined,
  ];
};

export const negation: GradientRule<'Neg'> = call => [neg(call.g, gradientOf(call))];

export const exponential: GradientRule<'Exp'> = call => [mul(call.g, gradientOf(call), call.outputs[0]!)];

export const logarithm: GradientRule<'Log'> = call => [div(call.g, gradientOf(call), call.inputs[0])];

// d√x/dx = 1/(2√x)
export const squareRoot: GradientRule<'Sqrt'> = call => [
  div(call.g, scale(call.g, gradientOf(call), 0.5), call.outputs[0]!),
];

// d(x^c)/dx = c·x^(c-1)
export const power: GradientRule<'Pow'> = ({ g, inputs: [x, exponent], wanted, outputGradients: [dy] }) => {
  if (wanted[1]) throw new GradientError('Pow has no gradient for its exponent');
  const lowered = sub(g, exponent, scalar(g, exponent.dtype, 1));
  const slope = mul(g, exponent, g.op('Pow', [x, lowered]));
  return [unbroadcast(g, mul(g, dy!, slope), x), undefined];
};

// The subgradient is 1 on the closed interval, as in PyTorch.
export const clip: GradientRule<'Clip'> = ({ g, inputs: [x, min, max], outputGradients: [dy] }) => {
  const inside = [min && g.op('GreaterOrEqual', [x, min]), max && g.op('LessOrEqual', [x, max])];
  const masks = inside.filter(mask => mask !== undefined);
  const masked = masks.reduce((gradient, mask) => mul(g, gradient, cast(g, mask, gradient.dtype)), dy!);
  return [masked, undefined, undefined];
};
