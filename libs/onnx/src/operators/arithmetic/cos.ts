import { unary } from '../elementwise.js';

export const cos = unary({ since: 7, real: Math.cos });
