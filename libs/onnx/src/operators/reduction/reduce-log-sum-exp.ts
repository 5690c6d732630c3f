import { reduction } from './reduction.js';

export const reduceLogSumExp = reduction({
  since: 18,
  real: values => {
    const largest = Math.max(...values);
    if (!Number.isFinite(largest)) return largest;
    return largest + Math.log(values.reduce((sum, x) => sum + Math.exp(x - largest), 0));
  },
});
