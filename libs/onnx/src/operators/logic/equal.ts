import { comparison } from '../elementwise.js';

export const equal = comparison({ since: 19, compare: (a, b) => a === b });
