import { reduction } from './reduction.js';

export const reduceMax = reduction({
  since: 20,
  real: values => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  integer: values => values.reduce((a, b) => (a > b ? a : b)),
});
