import { reduction } from './reduction.js';

export const reduceMean = reduction({
  since: 18,
  real: values => values.reduce((sum, x) => sum + x, 0) / values.length,
  integer: values => values.reduce((sum, x) => sum + x, 0n) / BigInt(values.length),
});
