import { unary } from '../elementwise.js';

export const atan = unary({ since: 7, real: Math.atan });
