import { shiftedExponentials } from './along-axis.js';
import { lineOperator } from './line-operator.js';

/** x - log Σ e^x along an axis. */
export const logSoftmax = lineOperator(line => {
  const { shifted, sum } = shiftedExponentials(line);
  return shifted.map(value => value - Math.log(sum));
});
