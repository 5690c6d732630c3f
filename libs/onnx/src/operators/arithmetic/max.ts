import { accumulation } from '../elementwise.js';

export const max = accumulation({
  since: 13,
  real: Math.max,
  integer: (...values) => values.reduce((a, b) => (a > b ? a : b)),
});
