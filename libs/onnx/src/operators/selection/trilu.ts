import { rearrange } from '../../evaluate/move.js';
import { integers } from '../../evaluate/nd-array.js';
import { flag } from '../attribute-specs.js';
import { one, optional } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** The upper or lower triangle of each matrix, from diagonal k on; 0 elsewhere. */
export const trilu = defineOperator({
  since: 14,
  attributes: { upper: flag(true) },
  inputs: { x: one(), k: optional() },
  infer: ({ inputs }) => [inputs.x],
  evaluate({ inputs: { x, k: given }, attributes: { upper } }) {
    const k = given ? integers(given)[0]! : 0;
    const triangle = rearrange(x, x.shape, index => {
      const diagonal = index.at(-1)! - index.at(-2)!;
      return (upper ? diagonal >= k : diagonal <= k) ? index : undefined;
    });
    return [triangle];
  },
});
