import { accumulation } from '../elementwise.js';

export const mean = accumulation({
  since: 13,
  real: (...values) => values.reduce((a, b) => a + b) / values.length,
});
