import { unary } from '../elementwise.js';

export const sin = unary({ since: 7, real: Math.sin });
