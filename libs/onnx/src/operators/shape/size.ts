import { elementCount } from '@athanor/tensor';
import { productDim } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** The number of elements. */
export const size = defineOperator({
  since: 21,
  inputs: { x: one() },
  infer: () => [{ dtype: 'INT64', shape: [] }],
  propagate: ({ inputs: { x } }) => [[productDim(x.shape)]],
  evaluate: ({ inputs: { x } }) => [
    { dtype: 'INT64', shape: [], data: BigInt64Array.of(BigInt(elementCount(x.shape))) },
  ],
});
