import { unary } from '../elementwise.js';

export const reciprocal = unary({ since: 13, real: x => 1 / x });
