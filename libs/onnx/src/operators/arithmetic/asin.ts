import { unary } from '../elementwise.js';

export const asin = unary({ since: 7, real: Math.asin });
