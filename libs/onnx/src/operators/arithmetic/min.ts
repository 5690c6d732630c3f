import { accumulation } from '../elementwise.js';

export const min = accumulation({
  since: 13,
  real: Math.min,
  integer: (...values) => values.reduce((a, b) => (a < b ? a : b)),
});
