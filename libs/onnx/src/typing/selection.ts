// Operators that select, place or count elements.

import { normalizeAxis } from '@athanor/tensor';
import { intOf } from '../attribute.js';
import { TypeInferenceError } from '../errors.js';
import type { Dim } from '../model.js';
import { inputOf, type TypingRule } from './site.js';

export const gather: TypingRule = site => {
  const [data, indices] = [inputOf(site, 0), inputOf(site, 1)];
  const axis = normalizeAxis(intOf(site.attributes, 'axis', 0), data.shape.length);
  return [{ dtype: data.dtype, shape: data.shape.toSpliced(axis, 1, ...indices.shape) }];
};

export const gatherElements: TypingRule = site => [{ dtype: inputOf(site, 0).dtype, shape: inputOf(site, 1).shape }];

export const slice: TypingRule = site => {
  const { dtype, shape } = inputOf(site, 0);
  const [starts, ends] = [site.constantInts(1), site.constantInts(2)];
  const axes = site.inputs[3] ? site.constantInts(3) : starts?.map((_, axis) => axis);
  const steps = site.inputs[4] ? site.constantInts(4) : starts?.map(() => 1);
  if (!starts || !ends || !axes || !steps) throw new TypeInferenceError('Slice needs constant bounds');
  const sliced: Dim[] = [...shape];
  axes.forEach((given, index) => {
    const axis = normalizeAxis(given, shape.length);
    const dim = shape[axis]!;
    sliced[axis] = typeof dim === 'number' ? sliceLength(dim, starts[index]!, ends[index]!, steps[index]!) : '';
  });
  return [{ dtype, shape: sliced }];
};

// Slice-13: negative bounds count from the end, then bounds are clamped to the axis.
function sliceLength(dim: number, start: number, end: number, step: number): number {
  const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1];
  const clamp = (bound: number) => Math.min(Math.max(bound < 0 ? bound + dim : bound, low), high);
  return Math.max(0, Math.ceil((clamp(end) - clamp(start)) / step));
}

export const shapeOf: TypingRule = site => [{ dtype: 'INT64', shape: [inputOf(site, 0).shape.length] }];

export const sizeOf: TypingRule = () => [{ dtype: 'INT64', shape: [] }];

export const constantOfShape: TypingRule = site => {
  const value = site.attributes.value;
  const dtype = value?.kind === 'tensor' ? value.value.dtype : 'FP32';
  const shape = site.constantInts(0);
  if (shape) return [{ dtype, shape: [...shape] }];
  const rank = inputOf(site, 0).shape[0];
  if (typeof rank !== 'number') throw new TypeInferenceError('ConstantOfShape needs a shape of known length');
  return [{ dtype, shape: new Array<Dim>(rank).fill('') }];
};

export const oneHot: TypingRule = site => {
  const [indices, values] = [inputOf(site, 0), inputOf(site, 2)];
  const depth = site.constantInts(1)?.[0] ?? '';
  const rank = indices.shape.length + 1;
  const axis = normalizeAxis(intOf(site.attributes, 'axis', -1), rank);
  return [{ dtype: values.dtype, shape: indices.shape.toSpliced(axis, 0, depth) }];
};

export const constant: TypingRule = site => {
  const value = site.attributes.value;
  if (value?.kind !== 'tensor') throw new TypeInferenceError('Constant needs a tensor attribute "value"');
  return [{ dtype: value.value.dtype, shape: value.value.shape }];
};
