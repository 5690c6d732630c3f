import { comparison } from '../elementwise.js';

export const xor = comparison({ since: 7, compare: (a, b) => a !== b });
