import { unary } from '../elementwise.js';

/** To the nearest integer, halves to the even one. */
export const round = unary({
  since: 11,
  real: x => {
    const down = Math.floor(x);
    const rest = x - down;
    if (rest === 0.5) return down % 2 === 0 ? down : down + 1;
    return rest < 0.5 ? down : down + 1;
  },
});
