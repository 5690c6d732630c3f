import { unary } from '../elementwise.js';

export const softsign = unary({ since: 1, real: x => x / (1 + Math.abs(x)) });
