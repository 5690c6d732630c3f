import { elementwise } from '../../evaluate/elementwise.js';
import { flag } from '../attribute-specs.js';
import { broadcastDims } from '../dims.js';
import { sameDType } from '../elementwise.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** The remainder, with the sign of the divisor; with fmod that of the dividend. */
export const mod = defineOperator({
  since: 13,
  attributes: { fmod: flag(false) },
  inputs: { a: one(), b: one() },
  infer: ({ op, inputs: { a, b } }) => [{ dtype: sameDType(op, a, b), shape: broadcastDims(a.shape, b.shape) }],
  evaluate({ inputs: { a, b }, attributes: { fmod } }) {
    return [
      elementwise([a, b], {
        real: (x, y) => (fmod ? x % y : floored(x % y, y)),
        integer: (x, y) => (fmod ? x % y : ((x % y) + y) % y),
      }),
    ];
  },
});

// Not ((x % y) + y) % y, which is NaN where y is infinite.
function floored(remainder: number, y: number): number {
  return remainder !== 0 && remainder < 0 !== y < 0 ? remainder + y : remainder;
}
