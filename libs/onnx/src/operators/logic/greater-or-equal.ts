import { comparison } from '../elementwise.js';

export const greaterOrEqual = comparison({ since: 16, compare: (a, b) => a >= b });
