import { unary } from '../elementwise.js';

export const acos = unary({ since: 7, real: Math.acos });
