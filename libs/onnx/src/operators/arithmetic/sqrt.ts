import { unary } from '../elementwise.js';

export const sqrt = unary({ since: 13, real: Math.sqrt });
