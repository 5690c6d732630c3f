import { unary } from '../elementwise.js';

export const floor = unary({ since: 13, real: Math.floor });
