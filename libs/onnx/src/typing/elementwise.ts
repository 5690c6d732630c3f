import { fromOnnxElemType } from '@athanor/tensor';
import { intOf } from '../attribute.js';
import { TypeInferenceError } from '../errors.js';
import { broadcastDims } from './broadcast.js';
import { describe, inputOf, type TypingRule } from './site.js';

/** The output has the first input's type. */
export const sameAsFirst: TypingRule = site => [inputOf(site, 0)];

export const broadcast: TypingRule = site => {
  const [a, b] = [inputOf(site, 0), inputOf(site, 1)];
  if (a.dtype !== b.dtype) throw new TypeInferenceError(`${site.op} of ${describe(a)} and ${describe(b)}`);
  return [{ dtype: a.dtype, shape: broadcastDims(a.shape, b.shape) }];
};

/** Pow's exponent may have a different dtype. */
export const pow: TypingRule = site => {
  const [a, b] = [inputOf(site, 0), inputOf(site, 1)];
  return [{ dtype: a.dtype, shape: broadcastDims(a.shape, b.shape) }];
};

export const comparison: TypingRule = site => [{ dtype: 'BOOL', shape: broadcast(site)[0]!.shape }];

export const predicate: TypingRule = site => [{ dtype: 'BOOL', shape: inputOf(site, 0).shape }];

/** Max, Min, Mean, Sum: any number of inputs, broadcast together. */
export const variadic: TypingRule = site => {
  const first = inputOf(site, 0);
  const shape = site.inputs.reduce((dims, input) => broadcastDims(dims, input!.shape), first.shape);
  return [{ dtype: first.dtype, shape }];
};

export const where: TypingRule = site => {
  const [condition, a, b] = [inputOf(site, 0), inputOf(site, 1), inputOf(site, 2)];
  return [{ dtype: a.dtype, shape: broadcastDims(condition.shape, broadcastDims(a.shape, b.shape)) }];
};

export const cast: TypingRule = site => {
  const dtype = fromOnnxElemType(intOf(site.attributes, 'to', 0));
  if (dtype === undefined) throw new TypeInferenceError('Cast needs an attribute "to" with a known element type');
  return [{ dtype, shape: inputOf(site, 0).shape }];
};
