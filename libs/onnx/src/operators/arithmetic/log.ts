import { unary } from '../elementwise.js';

export const log = unary({ since: 13, real: Math.log });
