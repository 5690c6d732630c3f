import { unary } from '../elementwise.js';

export const relu = unary({ since: 14, real: x => Math.max(0, x), integer: x => (x > 0n ? x : 0n) });
