// Short functions for writing formulas: each emits one node.

import { type Dim, type GraphBuilder, staticCount, type Value } from '@athanor/onnx';
import { type DType, type Shape, scalar as scalarTensor, tensor } from '@athanor/tensor';
import { GradientError } from './errors.js';

export const add = (g: GraphBuilder, a: Value, b: Value): Value => g.op('Add', [a, b]);
export const sub = (g: GraphBuilder, a: Value, b: Value): Value => g.op('Sub', [a, b]);
export const mul = (g: GraphBuilder, a: Value, b: Value): Value => g.op('Mul', [a, b]);
export const div = (g: GraphBuilder, a: Value, b: Value): Value => g.op('Div', [a, b]);
export const neg = (g: GraphBuilder, a: Value): Value => g.op('Neg', [a]);

/** A scalar constant of a float dtype. */
export function scalar(g: GraphBuilder, dtype: DType, value: number): Value {
  if (dtype !== 'FP32' && dtype !== 'FP64') throw new GradientError(`gradients are FP32 or FP64, received ${dtype}`);
  return g.constant(scalarTensor(dtype, value), 'scalar');
}

export function scale(g: GraphBuilder, x: Value, factor: number): Value {
  return factor === 1 ? x : mul(g, x, scalar(g, x.dtype, factor));
}

export function cast(g: GraphBuilder, x: Value, to: DType): Value {
  return x.dtype === to ? x : g.op('Cast', [x], { attributes: { to } });
}

export function sum(g: GraphBuilder, x: Value, axes: readonly number[], keepDims: boolean): Value {
  return g.op('ReduceSum', [x, g.axes(axes)], { attributes: { keepdims: keepDims } });
}

/** The shape of a value as an INT64 vector: a constant if every size is known. */
export function shapeValue(g: GraphBuilder, x: Value): Value {
  return staticCount(x.shape) === undefined ? g.op('Shape', [x]) : g.axes(x.shape as readonly number[]);
}

/** Zeros in the shape of an existing value. */
export const zerosLike = (g: GraphBuilder, x: Value): Value => filledLike(g, x, 0);

/** Ones in the shape of an existing value. */
export const onesLike = (g: GraphBuilder, x: Value): Value => filledLike(g, x, 1);

function filledLike(g: GraphBuilder, x: Value, value: number): Value {
  return g.op('Expand', [scalar(g, x.dtype, value), shapeValue(g, x)]);
}

export function mean(g: GraphBuilder, x: Value, axes: readonly number[], keepDims: boolean): Value {
  return g.op('ReduceMean', [x, g.axes(axes)], keepDims ? {} : { attributes: { keepdims: false } });
}

/** Element `index` (a scalar) along the first axis. */
export const at = (g: GraphBuilder, x: Value, index: Value): Value => g.op('Gather', [x, index]);

/** A constant of a float dtype, given by its elements in row-major order. */
export function constant(g: GraphBuilder, dtype: DType, shape: Shape, elements: readonly number[]): Value {
  if (dtype === 'FP64') return g.constant(tensor('FP64', shape, Float64Array.from(elements)));
  if (dtype === 'FP32') return g.constant(tensor('FP32', shape, Float32Array.from(elements)));
  throw new GradientError(`gradients are FP32 or FP64, received ${dtype}`);
}

/** A constant matrix, given by its rows. */
export function matrix(g: GraphBuilder, dtype: DType, rows: readonly (readonly number[])[]): Value {
  return constant(g, dtype, [rows.length, rows[0]?.length ?? 0], rows.flat());
}

/** A value repeated in the shape of another, to which it broadcasts. */
export function broadcastLike(g: GraphBuilder, x: Value, like: Value): Value {
  // The inferred shape of Expand to a computed shape may be unknown, but it equals that of `like`.
  return { ...g.op('Expand', [x, shapeValue(g, like)]), shape: like.shape };
}

/** The elements of a value in the shape of another. One unknown size may be written as -1, which needs no Shape node. */
export function reshapeLike(g: GraphBuilder, x: Value, like: Value): Value {
  const open = like.shape.filter(dim => typeof dim !== 'number').length;
  const isSimple = open <= 1 && !like.shape.includes(0);
  const reshaped = isSimple
    ? g.op('Reshape', [x, g.axes(like.shape.map(dim => (typeof dim === 'number' ? dim : -1)))])
    : g.op('Reshape', [x, shapeValue(g, like)], { attributes: { allowzero: true } });
  return { ...reshaped, shape: like.shape };
}

/** The elements of a value in a shape with at most one unknown size. */
export function reshapeTo(g: GraphBuilder, x: Value, shape: readonly Dim[]): Value {
  const target = shape.map(dim => (typeof dim === 'number' ? dim : -1));
  if (target.filter(dim => dim === -1).length > 1) throw new GradientError(`two unknown sizes in [${shape.join(',')}]`);
  return { ...g.op('Reshape', [x, g.axes(target)]), shape };
}

export function transpose(g: GraphBuilder, x: Value, perm: readonly number[]): Value {
  const moved = perm.some((axis, index) => axis !== index);
  return moved ? g.op('Transpose', [x], { attributes: { perm } }) : x;
}
