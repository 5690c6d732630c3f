import { comparison } from '../elementwise.js';

export const less = comparison({ since: 13, compare: (a, b) => a < b });
