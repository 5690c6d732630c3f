import { binary } from '../elementwise.js';

/** Of integers: rounded towards zero. */
export const div = binary({
  since: 14,
  real: (a, b) => a / b,
  integer: (a, b) => a / b,
  known: (a, b) => Math.trunc(a / b),
});
