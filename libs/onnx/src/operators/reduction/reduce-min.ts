import { reduction } from './reduction.js';

export const reduceMin = reduction({
  since: 20,
  real: values => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  integer: values => values.reduce((a, b) => (a < b ? a : b)),
});
