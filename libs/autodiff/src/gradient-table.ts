import type { GradientRule } from './gradient-rule.js';
import type { DifferentiableOp } from './operators.js';
import * as activation from './rules/activation.js';
import * as arithmetic from './rules/arithmetic.js';
import * as layout from './rules/layout.js';
import * as matrix from './rules/matrix.js';
import * as reduction from './rules/reduction.js';

export const GRADIENT_RULES: { readonly [K in DifferentiableOp]: GradientRule<K> } = {
  Add: arithmetic.addition,
  Cast: layout.casting,
  Clip: arithmetic.clipping,
  Concat: layout.concatenating,
  Div: arithmetic.division,
  Exp: arithmetic.exponential,
  Expand: layout.expanding,
  Flatten: layout.flattening,
  Gather: layout.gathering,
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
  Reshape: layout.reshaping,
  Sigmoid: activation.sigmoid,
  Softmax: activation.softmax,
  Split: layout.splitting,
  Sqrt: arithmetic.squareRoot,
  Squeeze: layout.squeezing,
  Sub: arithmetic.subtraction,
  Tanh: activation.tanh,
  Transpose: layout.transposing,
  Unsqueeze: layout.unsqueezing,
};

export function isDifferentiable(op: string, domain = ''): op is DifferentiableOp {
  return domain === '' && Object.hasOwn(GRADIENT_RULES, op);
}
