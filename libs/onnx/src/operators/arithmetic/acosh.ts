import { unary } from '../elementwise.js';

export const acosh = unary({ since: 9, real: Math.acosh });
