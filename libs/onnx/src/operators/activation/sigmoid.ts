import { unary } from '../elementwise.js';

export const sigmoid = unary({ since: 13, real: x => 1 / (1 + Math.exp(-x)) });
