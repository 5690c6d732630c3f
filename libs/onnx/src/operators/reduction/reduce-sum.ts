import { reduction } from './reduction.js';

export const reduceSum = reduction({
  since: 13,
  real: values => values.reduce((sum, x) => sum + x, 0),
  integer: values => values.reduce((sum, x) => sum + x, 0n),
});
