import { unary } from '../elementwise.js';

export const asinh = unary({ since: 9, real: Math.asinh });
