import { comparison } from '../elementwise.js';

export const or = comparison({ since: 7, compare: (a, b) => Boolean(a) || Boolean(b) });
