// The operators whose types this project can infer, which are the ones it can build graphs with.

import * as elementwise from './elementwise.js';
import * as layout from './layout.js';
import { gemm, matMul } from './matrix.js';
import { argReducing, reducing } from './reduction.js';
import * as selection from './selection.js';
import type { InferenceRule } from './site.js';

const { broadcasting, comparing, sameAsFirst, testing, variadic } = elementwise;

export const INFERENCE_RULES = {
  Abs: sameAsFirst,
  Add: broadcasting,
  And: comparing,
  ArgMax: argReducing,
  ArgMin: argReducing,
  Cast: elementwise.casting,
  Ceil: sameAsFirst,
  Clip: sameAsFirst,
  Concat: layout.concatenating,
  Constant: selection.constant,
  ConstantOfShape: selection.filling,
  Div: broadcasting,
  Equal: comparing,
  Erf: sameAsFirst,
  Exp: sameAsFirst,
  Expand: layout.expanding,
  Flatten: layout.flattening,
  Floor: sameAsFirst,
  Gather: selection.gathering,
  GatherElements: selection.gatheringElements,
  Gemm: gemm,
  Greater: comparing,
  GreaterOrEqual: comparing,
  Identity: sameAsFirst,
  IsInf: testing,
  IsNaN: testing,
  Less: comparing,
  LessOrEqual: comparing,
  Log: sameAsFirst,
  LogSoftmax: sameAsFirst,
  MatMul: matMul,
  Max: variadic,
  Mean: variadic,
  Min: variadic,
  Mul: broadcasting,
  Neg: sameAsFirst,
  Not: testing,
  OneHot: selection.oneHot,
  Or: comparing,
  Pow: elementwise.power,
  Reciprocal: sameAsFirst,
  ReduceL2: reducing,
  ReduceMax: reducing,
  ReduceMean: reducing,
  ReduceMin: reducing,
  ReduceProd: reducing,
  ReduceSum: reducing,
  ReduceSumSquare: reducing,
  Relu: sameAsFirst,
  Reshape: layout.reshaping,
  Round: sameAsFirst,
  ScatterElements: sameAsFirst,
  ScatterND: sameAsFirst,
  Shape: selection.shapeOf,
  Sigmoid: sameAsFirst,
  Sign: sameAsFirst,
  Size: selection.sizeOf,
  Slice: selection.slicing,
  Softmax: sameAsFirst,
  Split: layout.splitting,
  Sqrt: sameAsFirst,
  Squeeze: layout.squeezing,
  Sub: broadcasting,
  Sum: variadic,
  Tanh: sameAsFirst,
  Transpose: layout.transposing,
  Unsqueeze: layout.unsqueezing,
  Where: elementwise.choosing,
} as const satisfies Readonly<Record<string, InferenceRule>>;

export type KnownOp = keyof typeof INFERENCE_RULES;

export function isKnownOp(op: string): op is KnownOp {
  return Object.hasOwn(INFERENCE_RULES, op);
}
