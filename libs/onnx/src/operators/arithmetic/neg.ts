import { unary } from '../elementwise.js';

export const neg = unary({ since: 13, real: x => -x, integer: x => -x, known: x => -x });
