import { unary } from '../elementwise.js';

export const ceil = unary({ since: 13, real: Math.ceil });
