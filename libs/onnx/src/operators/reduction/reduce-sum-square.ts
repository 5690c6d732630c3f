import { reduction } from './reduction.js';

export const reduceSumSquare = reduction({
  since: 18,
  real: values => values.reduce((sum, x) => sum + x * x, 0),
  integer: values => values.reduce((sum, x) => sum + x * x, 0n),
});
