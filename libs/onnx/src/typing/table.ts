// The operators whose types can be inferred; graphs are built with these.

import * as elementwise from './elementwise.js';
import * as layout from './layout.js';
import { gemm, matMul } from './matrix.js';
import { argReduction, reduction } from './reduction.js';
import * as selection from './selection.js';
import type { TypingRule } from './site.js';

const { broadcast, comparison, sameAsFirst, predicate, variadic } = elementwise;

export const TYPING_RULES = {
  Abs: sameAsFirst,
  Add: broadcast,
  And: comparison,
  ArgMax: argReduction,
  ArgMin: argReduction,
  Cast: elementwise.cast,
  Ceil: sameAsFirst,
  Clip: sameAsFirst,
  Concat: layout.concat,
  Constant: selection.constant,
  ConstantOfShape: selection.constantOfShape,
  Div: broadcast,
  Equal: comparison,
  Erf: sameAsFirst,
  Exp: sameAsFirst,
  Expand: layout.expand,
  Flatten: layout.flatten,
  Floor: sameAsFirst,
  Gather: selection.gather,
  GatherElements: selection.gatherElements,
  Gemm: gemm,
  Greater: comparison,
  GreaterOrEqual: comparison,
  Identity: sameAsFirst,
  IsInf: predicate,
  IsNaN: predicate,
  Less: comparison,
  LessOrEqual: comparison,
  Log: sameAsFirst,
  LogSoftmax: sameAsFirst,
  MatMul: matMul,
  Max: variadic,
  Mean: variadic,
  Min: variadic,
  Mod: broadcast,
  Mul: broadcast,
  Neg: sameAsFirst,
  Not: predicate,
  OneHot: selection.oneHot,
  Or: comparison,
  Pow: elementwise.pow,
  Reciprocal: sameAsFirst,
  ReduceL2: reduction,
  ReduceMax: reduction,
  ReduceMean: reduction,
  ReduceMin: reduction,
  ReduceProd: reduction,
  ReduceSum: reduction,
  ReduceSumSquare: reduction,
  Relu: sameAsFirst,
  Reshape: layout.reshape,
  Round: sameAsFirst,
  ScatterElements: sameAsFirst,
  ScatterND: sameAsFirst,
  Shape: selection.shapeOf,
  Sigmoid: sameAsFirst,
  Sign: sameAsFirst,
  Size: selection.sizeOf,
  Slice: selection.slice,
  Softmax: sameAsFirst,
  Split: layout.split,
  Sqrt: sameAsFirst,
  Squeeze: layout.squeeze,
  Sub: broadcast,
  Sum: variadic,
  Tanh: sameAsFirst,
  Transpose: layout.transpose,
  Unsqueeze: layout.unsqueeze,
  Where: elementwise.where,
} as const satisfies Readonly<Record<string, TypingRule>>;

export type KnownOp = keyof typeof TYPING_RULES;

export function isKnownOp(op: string): op is KnownOp {
  return Object.hasOwn(TYPING_RULES, op);
}
