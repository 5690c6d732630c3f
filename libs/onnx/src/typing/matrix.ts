import { intOf } from '../attribute.js';
import { TypeInferenceError } from '../errors.js';
import type { Dim, ValueType } from '../model.js';
import { broadcastDims } from './broadcast.js';
import { describe, inputOf, type TypingRule } from './site.js';

export const gemm: TypingRule = site => {
  const [a, b] = [inputOf(site, 0), inputOf(site, 1)];
  if (a.shape.length !== 2 || b.shape.length !== 2) throw mismatch('Gemm', a, b);
  const [rows, inner] = orient(a.shape, intOf(site.attributes, 'transA', 0));
  const [innerB, columns] = orient(b.shape, intOf(site.attributes, 'transB', 0));
  if (differ(inner!, innerB!)) throw mismatch('Gemm', a, b);
  return [{ dtype: a.dtype, shape: [rows!, columns!] }];
};

/** numpy.matmul: a 1-D operand gets an axis that is removed from the result; leading axes broadcast. */
export const matMul: TypingRule = site => {
  const [a, b] = [inputOf(site, 0), inputOf(site, 1)];
  if (a.shape.length === 0 || b.shape.length === 0) throw mismatch('MatMul', a, b);
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  if (differ(left.at(-1)!, right.at(-2)!)) throw mismatch('MatMul', a, b);
  const shape = broadcastDims(left.slice(0, -2), right.slice(0, -2));
  if (a.shape.length > 1) shape.push(left.at(-2)!);
  if (b.shape.length > 1) shape.push(right.at(-1)!);
  return [{ dtype: a.dtype, shape }];
};

function orient(shape: readonly Dim[], transposed: number): readonly Dim[] {
  return transposed === 0 ? shape : [...shape].reverse();
}

function differ(a: Dim, b: Dim): boolean {
  return typeof a === 'number' && typeof b === 'number' && a !== b;
}

function mismatch(op: string, a: ValueType, b: ValueType): TypeInferenceError {
  return new TypeInferenceError(`${op} of ${describe(a)} and ${describe(b)}`);
}
