import { comparison } from '../elementwise.js';

export const and = comparison({ since: 7, compare: (a, b) => Boolean(a) && Boolean(b) });
