import { reduction } from './reduction.js';

export const reduceLogSum = reduction({
  since: 18,
  real: values => Math.log(values.reduce((sum, x) => sum + x, 0)),
});
