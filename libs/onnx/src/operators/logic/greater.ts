import { comparison } from '../elementwise.js';

export const greater = comparison({ since: 13, compare: (a, b) => a > b });
