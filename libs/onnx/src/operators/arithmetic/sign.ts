import { unary } from '../elementwise.js';

export const sign = unary({ since: 13, real: Math.sign, integer: x => (x > 0n ? 1n : x < 0n ? -1n : 0n) });
