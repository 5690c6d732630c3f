import { unary } from '../elementwise.js';

export const sinh = unary({ since: 9, real: Math.sinh });
