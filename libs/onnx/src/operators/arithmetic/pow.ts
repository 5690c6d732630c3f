import { zip } from '../../evaluate/elementwise.js';
import { broadcastDims } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** The exponent may have another type than the base. */
export const pow = defineOperator({
  since: 15,
  inputs: { base: one(), exponent: one() },
  infer: ({ inputs: { base, exponent } }) => [{ dtype: base.dtype, shape: broadcastDims(base.shape, exponent.shape) }],
  evaluate: ({ inputs: { base, exponent } }) => [zip([base, exponent], base.dtype, power)],
});

function power(base: number | bigint, exponent: number | bigint): number | bigint {
  const result = Number(base) ** Number(exponent);
  return typeof base === 'bigint' ? BigInt(Math.trunc(result)) : result;
}
