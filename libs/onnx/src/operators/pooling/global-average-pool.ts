import { globalPool } from './global-pool.js';

/** The mean over all spatial axes, which keep size 1. */
export const globalAveragePool = globalPool({
  real: values => values.reduce((sum, x) => sum + x, 0) / values.length,
});
