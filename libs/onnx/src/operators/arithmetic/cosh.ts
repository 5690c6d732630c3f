import { unary } from '../elementwise.js';

export const cosh = unary({ since: 9, real: Math.cosh });
