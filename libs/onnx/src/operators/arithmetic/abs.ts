import { unary } from '../elementwise.js';

export const abs = unary({ since: 13, real: Math.abs, integer: x => (x < 0n ? -x : x) });
