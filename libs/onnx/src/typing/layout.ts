// Operators that move values without computing: the shape is all there is to infer.

import { normalizeAxis } from '@athanor/tensor';
import { intOf, intsOf } from '../attribute.js';
import { TypeInferenceError } from '../errors.js';
import type { Dim } from '../model.js';
import { broadcastDims, staticCount } from './broadcast.js';
import { inputOf, type Site, type TypingRule } from './site.js';

export const reshape: TypingRule = site => {
  const { dtype, shape } = inputOf(site, 0);
  const target = requiredInts(site, 1);
  const copied = target.map((dim, axis) => (dim === 0 ? (shape[axis] ?? '') : dim));
  const open = copied.indexOf(-1);
  if (open < 0) return [{ dtype, shape: copied }];
  return [{ dtype, shape: copied.with(open, openDim(shape, copied.toSpliced(open, 1))) }];
};

// The -1 of a Reshape: the input's sizes divided by those of the target; equal symbols cancel.
function openDim(from: readonly Dim[], to: readonly Dim[]): Dim {
  const symbols = from.filter(dim => typeof dim === 'string');
  for (const dim of to) {
    if (typeof dim !== 'string') continue;
    const found = symbols.indexOf(dim);
    if (dim === '' || found < 0) return '';
    symbols.splice(found, 1);
  }
  const numbers = (dims: readonly Dim[]) => staticCount(dims.filter(dim => typeof dim === 'number'))!;
  const ratio = numbers(from) / numbers(to);
  if (symbols.length === 0) return ratio;
  return symbols.length === 1 && ratio === 1 ? symbols[0]! : '';
}

export const flatten: TypingRule = site => {
  const { dtype, shape } = inputOf(site, 0);
  const axis = intOf(site.attributes, 'axis', 1);
  const boundary = axis < 0 ? axis + shape.length : axis;
  return [{ dtype, shape: [productDim(shape.slice(0, boundary)), productDim(shape.slice(boundary))] }];
};

function productDim(dims: readonly Dim[]): Dim {
  const others = dims.filter(dim => dim !== 1);
  return staticCount(dims) ?? (others.length === 1 ? others[0]! : '');
}

export const transpose: TypingRule = site => {
  const { dtype, shape } = inputOf(site, 0);
  const permutation = intsOf(site.attributes, 'perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
  return [{ dtype, shape: permutation.map(axis => shape[axis]!) }];
};

export const concat: TypingRule = site => {
  const first = inputOf(site, 0);
  const axis = normalizeAxis(intOf(site.attributes, 'axis', 0), first.shape.length);
  const sizes = site.inputs.map(input => input!.shape[axis]!);
  return [{ dtype: first.dtype, shape: first.shape.with(axis, sumDims(sizes)) }];
};

function sumDims(dims: readonly Dim[]): Dim {
  return dims.every(dim => typeof dim === 'number') ? dims.reduce<number>((sum, dim) => sum + (dim as number), 0) : '';
}

export const split: TypingRule = site => {
  const { dtype, shape } = inputOf(site, 0);
  const axis = normalizeAxis(intOf(site.attributes, 'axis', 0), shape.length);
  const sizes = site.inputs[1] ? requiredInts(site, 1) : equalParts(shape[axis]!, site.outputCount);
  return sizes.map(size => ({ dtype, shape: shape.with(axis, size) }));
};

// Split-18: the last part is smaller if the size is not divisible.
function equalParts(size: Dim, parts: number): Dim[] {
  if (typeof size !== 'number') return new Array<Dim>(parts).fill('');
  const part = Math.ceil(size / parts);
  return Array.from({ length: parts }, (_, index) => Math.min(part, size - part * index));
}

export const squeeze: TypingRule = site => {
  const { dtype, shape } = inputOf(site, 0);
  const axes = site.inputs[1] ? requiredInts(site, 1).map(axis => normalizeAxis(axis, shape.length)) : undefined;
  return [{ dtype, shape: shape.filter((dim, axis) => (axes ? !axes.includes(axis) : dim !== 1)) }];
};

export const unsqueeze: TypingRule = site => {
  const { dtype, shape } = inputOf(site, 0);
  const given = requiredInts(site, 1);
  const rank = shape.length + given.length;
  const axes = given.map(axis => normalizeAxis(axis, rank));
  const rest = [...shape];
  return [{ dtype, shape: Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!)) }];
};

export const expand: TypingRule = site => {
  const { dtype, shape } = inputOf(site, 0);
  const target = site.constantInts(1);
  if (target) return [{ dtype, shape: broadcastDims(shape, target) }];
  const rank = inputOf(site, 1).shape[0];
  if (typeof rank !== 'number') throw new TypeInferenceError('Expand needs a shape of known length');
  return [{ dtype, shape: new Array<Dim>(Math.max(rank, shape.length)).fill('') }];
};

export function requiredInts(site: Site, input: number): readonly number[] {
  const values = site.constantInts(input);
  if (values === undefined) throw new TypeInferenceError(`${site.op} needs a constant input ${input}`);
  return values;
}
