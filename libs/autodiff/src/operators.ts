// The differentiable operators with the types of their inputs. The gradient table is exhaustive over them.

import type { Value } from '@athanor/onnx';

type Unary = readonly [x: Value];
type Binary = readonly [a: Value, b: Value];
type WithAxes = readonly [x: Value, axes?: Value];

export interface DifferentiableOps {
  Add: Binary;
  Cast: Unary;
  Clip: readonly [x: Value, min?: Value, max?: Value];
  Concat: readonly Value[];
  Div: Binary;
  Exp: Unary;
  Expand: readonly [x: Value, shape: Value];
  Flatten: Unary;
  Gather: readonly [data: Value, indices: Value];
  Gemm: readonly [a: Value, b: Value, c?: Value];
  Identity: Unary;
  Log: Unary;
  LogSoftmax: Unary;
  MatMul: Binary;
  Mul: Binary;
  Neg: Unary;
  Pow: readonly [base: Value, exponent: Value];
  ReduceMean: WithAxes;
  ReduceSum: WithAxes;
  Relu: Unary;
  Reshape: readonly [x: Value, shape: Value];
  Sigmoid: Unary;
  Softmax: Unary;
  Split: WithAxes;
  Sqrt: Unary;
  Squeeze: WithAxes;
  Sub: Binary;
  Tanh: Unary;
  Transpose: Unary;
  Unsqueeze: WithAxes;
}

export type DifferentiableOp = keyof DifferentiableOps;
