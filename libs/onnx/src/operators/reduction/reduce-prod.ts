import { reduction } from './reduction.js';

export const reduceProd = reduction({
  since: 18,
  real: values => values.reduce((product, x) => product * x, 1),
  integer: values => values.reduce((product, x) => product * x, 1n),
});
