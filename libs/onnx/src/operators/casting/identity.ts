import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

export const identity = defineOperator({
  since: 21,
  inputs: { x: one() },
  infer: ({ inputs }) => [inputs.x],
  propagate: ({ contents }) => [contents.x],
  evaluate: ({ inputs }) => [inputs.x],
});
