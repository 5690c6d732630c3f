import type { GradientRule } from './gradient-rule.js';
import type { DifferentiableOp } from './operators.js';
import * as activation from './rules/activation.js';
import * as arithmetic from './rules/arithmetic.js';
import * as layout from './rules/layout.js';
import * as matrix from './rules/matrix.js';
import * as reduction from './rules/reduction.js';

export const GRADIENT_RULES: { readonly [K in DifferentiableOp]: GradientRule<K> } = {
  Add: arithmetic.addition,
  Cast: layout.cast,
  Clip: arithmetic.clip,
  Concat: layout.concat,
  Div: arithmetic.division,
  Exp: arithmetic.exponential,
  Expand: layout.expand,
  Flatten: layout.flatten,
  Gather: layout.gather,
  Gemm: matrix.gemm,
  Identity: layout.identity,
  Log: arithmetic.logarithm,
  LogSoftmax: activation.logSoftmax,
  MatMul: matrix.matMul,
  Mul: arithmetic.multiplication,
  Neg: arithmetic.negation,
  Pow: arithmetic.power,
  ReduceMean: reduction.reduceMean,
  ReduceSum: reduction.reduceSum,
  Relu: activation.relu,
  Reshape: layout.reshape,
  Sigmoid: activation.sigmoid,
  Softmax: activation.softmax,
  Split: layout.split,
  Sqrt: arithmetic.squareRoot,
  Squeeze: layout.squeeze,
  Sub: arithmetic.subtraction,
  Tanh: activation.tanh,
  Transpose: layout.transpose,
  Unsqueeze: layout.unsqueeze,
};

export function isDifferentiable(op: string, domain = ''): op is DifferentiableOp {
  return domain === '' && Object.hasOwn(GRADIENT_RULES, op);
}
