import { reduction } from './reduction.js';

export const reduceL2 = reduction({
  since: 18,
  real: values => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0)),
});
