// Operators that only move values: the gradient moves them back.

import { type GraphBuilder, int, intOf, ints, intsOf, type Value } from '@athanor/onnx';
import { isFloat, normalizeAxis } from '@athanor/tensor';
import { cast as emitCast, shapeValue, zerosLike } from '../emit.js';
import { GradientError } from '../errors.js';
import { type GradientRule, gradientOf } from '../gradient-rule.js';
import { unbroadcast } from './broadcast.js';

export const identity: GradientRule<'Identity'> = call => [gradientOf(call)];

export const cast: GradientRule<'Cast'> = call => {
  const [x] = call.inputs;
  return [isFloat(x.dtype) ? emitCast(call.g, gradientOf(call), x.dtype) : undefined];
};

export const reshape: GradientRule<'Reshape'> = call => [backToShape(call.g, gradientOf(call), call.inputs[0])];
export const flatten: GradientRule<'Flatten'> = call => [backToShape(call.g, gradientOf(call), call.inputs[0])];
export const squeeze: GradientRule<'Squeeze'> = call => [backToShape(call.g, gradientOf(call), call.inputs[0])];
export const unsqueeze: GradientRule<'Unsqueeze'> = call => [backToShape(call.g, gradientOf(call), call.inputs[0])];

// One unknown size may be written as -1, so that no Shape node is needed for the batch.
function backToShape(g: GraphBuilder, gradient: Value, x: Value): Value {
  const open = x.shape.filter(dim => typeof dim !== 'number').length;
  const hasZero = x.shape.includes(0);
  const target =
    open <= 1 && !hasZero ? g.axes(x.shape.map(dim => (typeof dim === 'number' ? dim : -1))) : shapeValue(g, x);
  const reshaped = open <= 1 && !hasZero ? g.op('Reshape', [gradient, target]) : reshapeTo(g, gradient, target, x);
  return { ...reshaped, shape: x.shape };
}

function reshapeTo(g: GraphBuilder, gradient: Value, target: Value, x: Value): Value {
  return g.opaque('Reshape', [gradient, target], [x], { attributes: { allowzero: int(1) } })[0]!;
}

export const transpose: GradientRule<'Transpose'> = ({ g, inputs: [x], attributes, outputGradients: [dy] }) => {
  const perm = intsOf(attributes, 'perm') ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  return [g.op('Transpose', [dy!], { attributes: { perm: ints(inverse) } })];
};

export const expand: GradientRule<'Expand'> = call => {
  const [x] = call.inputs;
  return [unbroadcast(call.g, gradientOf(call), x), undefined];
};

export const concat: GradientRule<'Concat'> = ({ g, inputs, attributes, outputGradients: [dy] }) => {
  const axis = normalizeAxis(intOf(attributes, 'axis', 0), dy!.shape.length);
  const sizes = inputs.map(input => input.shape[axis]!);
  if (!sizes.every(size => typeof size === 'number')) throw new GradientError('Concat along an axis of unknown size');
  return g.ops('Split', [dy!, g.axes(sizes)], { attributes: { axis: int(axis) }, outputs: inputs.length });
};

export const split: GradientRule<'Split'> = call => {
  const { g, outputs, attributes, outputGradients } = call;
  const parts = outputs.map((output, index) => outputGradients[index] ?? zerosLike(g, output));
  return [g.op('Concat', parts, { attributes: { axis: int(intOf(attributes, 'axis', 0)) } }), undefined];
};

// A row that was read several times gets the sum of its gradients: a scatter-add into zeros along the first axis.
export const gather: GradientRule<'Gather'> = call => {
  const { g, inputs, attributes } = call;
  const [data, indices] = inputs;
  const axis = normalizeAxis(intOf(attributes, 'axis', 0), data.shape.length);
  const rank = indices.shape.length;
  const outer = Array.from({ length: axis }, (_, index) => index);
  const inner = data.shape.slice(axis + 1).map((_, index) => index + axis + rank);
  const toFront = [...Array.from({ length: rank }, (_, index) => index + axis), ...outer, ...inner];
  const gradient = permute(g, gradientOf(call), toFront);
  const zeroRows = zerosLike(g, permute(g, data, [axis, ...outer, ...data.shape.map((_, i) => i).slice(axis + 1)]));
  const rows = g.op('Unsqueeze', [emitCast(g, indices, 'INT64'), g.axes([-1])]);
  const scattered = g.op('ScatterND', [zeroRows, rows, gradient], {
    attributes: { reduction: { kind: 'string', value: 'add' } },
  });
  const back = data.shape.map((_, index) => (index < axis ? index + 1 : index === axis ? 0 : index));
  return [{ ...permute(g, scattered, back), shape: data.shape }, undefined];
};

function permute(g: GraphBuilder, x: Value, perm: readonly number[]): Value {
  const moved = perm.some((axis, index) => axis !== index);
  return moved ? g.op('Transpose', [x], { attributes: { perm: ints(perm) } }) : x;
}
