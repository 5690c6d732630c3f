import { unary } from '../elementwise.js';

export const hardSwish = unary({ since: 14, real: x => x * Math.max(0, Math.min(1, x / 6 + 0.5)) });
