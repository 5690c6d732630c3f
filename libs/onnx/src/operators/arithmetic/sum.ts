import { accumulation } from '../elementwise.js';

export const sum = accumulation({
  since: 13,
  real: (...values) => values.reduce((a, b) => a + b),
});
