import { unary } from '../elementwise.js';

export const tanh = unary({ since: 13, real: Math.tanh });
