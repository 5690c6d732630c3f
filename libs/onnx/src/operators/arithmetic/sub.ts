import { binary } from '../elementwise.js';

export const sub = binary({
  since: 14,
  real: (a, b) => a - b,
  integer: (a, b) => a - b,
  known: (a, b) => a - b,
});
