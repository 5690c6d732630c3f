import { unary } from '../elementwise.js';

export const tan = unary({ since: 7, real: Math.tan });
