import { argReduction } from './arg-reduction.js';

export const argMax = argReduction((a, b) => a > b);
