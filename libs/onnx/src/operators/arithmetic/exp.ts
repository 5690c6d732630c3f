import { unary } from '../elementwise.js';

export const exp = unary({ since: 13, real: Math.exp });
