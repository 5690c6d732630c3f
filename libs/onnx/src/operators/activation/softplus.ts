import { unary } from '../elementwise.js';

export const softplus = unary({ since: 1, real: logOnePlusExp });

/** log(1 + e^x), without overflow. */
export function logOnePlusExp(x: number): number {
  return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
}
