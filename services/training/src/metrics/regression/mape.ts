import { meanOf } from '../mean.js';
import { error } from '../metric.js';
import { type NumberBatch, sumOver } from './number-batch.js';

// scikit-learn's mean_absolute_percentage_error divides by at least this.
const EPSILON = 2 ** -52;

const relativeError = meanOf((batch: NumberBatch) =>
  sumOver(batch, (said, value) => Math.abs(said - value) / Math.max(Math.abs(value), EPSILON)),
);

/** As a fraction, not in percent. */
export const mape = error('mape', relativeError, mean => mean.value());
