import { isFloat } from '@athanor/tensor';
import { castElements } from '../../evaluate/cast.js';
import { dtype, flag, required } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

export const cast = defineOperator({
  since: 21,
  attributes: { to: required(dtype()), saturate: flag(true) },
  inputs: { x: one() },
  infer: ({ inputs, attributes }) => [{ dtype: attributes.to, shape: inputs.x.shape }],
  propagate: ({ contents: { x }, attributes: { to } }) => [
    isFloat(to) ? x : x?.map(dim => (typeof dim === 'number' ? Math.trunc(dim) : dim)),
  ],
  evaluate: ({ inputs, attributes }) => [castElements(inputs.x, attributes.to)],
});
