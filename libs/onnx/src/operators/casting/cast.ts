import { castElements } from '../../evaluate/cast.js';
import { dtype, flag, required } from '../attribute-specs.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

export const cast = defineOperator({
  since: 21,
  attributes: { to: required(dtype()), saturate: flag(true) },
  inputs: { x: one() },
  infer: ({ inputs, attributes }) => [{ dtype: attributes.to, shape: inputs.x.shape }],
  propagate: ({ contents }) => [contents.x],
  evaluate: ({ inputs, attributes }) => [castElements(inputs.x, attributes.to)],
});
