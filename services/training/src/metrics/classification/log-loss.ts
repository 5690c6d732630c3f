import { meanOf } from '../mean.js';
import { error } from '../metric.js';
import type { ClassBatch } from './class-batch.js';

// log 0 is infinite: probabilities are clipped as in scikit-learn's log_loss for float64.
const SMALLEST_PROBABILITY = 2 ** -52;

/** The negative log-likelihood of the true classes. */
const logLikelihood = meanOf(({ rows, classes, scores, truth }: ClassBatch) => {
  let sum = 0;
  for (let row = 0; row < rows; row++)
    sum -= Math.log(Math.max(scores[row * classes + truth[row]!]!, SMALLEST_PROBABILITY));
  return { sum, terms: rows };
});

export const logLoss = error('log_loss', logLikelihood, mean => mean.value());
/** What training minimizes. */
export const loss = error('loss', logLikelihood, mean => mean.value());
