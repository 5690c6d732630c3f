import { shiftedExponentials } from './along-axis.js';
import { lineOperator } from './line-operator.js';

/** e^x / Σ e^x along an axis. */
export const softmax = lineOperator(line => {
  const { shifted, sum } = shiftedExponentials(line);
  return shifted.map(value => Math.exp(value) / sum);
});
