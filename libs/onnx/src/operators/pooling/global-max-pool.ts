import { globalPool } from './global-pool.js';

/** The largest element over all spatial axes, which keep size 1. */
export const globalMaxPool = globalPool({
  real: values => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
});
