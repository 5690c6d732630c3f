import { argReduction } from './arg-reduction.js';

export const argMin = argReduction((a, b) => a < b);
