import { reduction } from './reduction.js';

export const reduceL1 = reduction({
  since: 18,
  real: values => values.reduce((sum, x) => sum + Math.abs(x), 0),
  integer: values => values.reduce((sum, x) => sum + (x < 0n ? -x : x), 0n),
});
