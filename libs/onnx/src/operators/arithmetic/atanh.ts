import { unary } from '../elementwise.js';

export const atanh = unary({ since: 9, real: Math.atanh });
