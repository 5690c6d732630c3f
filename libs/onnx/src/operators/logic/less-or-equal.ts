import { comparison } from '../elementwise.js';

export const lessOrEqual = comparison({ since: 16, compare: (a, b) => a <= b });
