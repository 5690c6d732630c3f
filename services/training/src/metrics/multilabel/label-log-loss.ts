import { meanOf } from '../mean.js';
import { error } from '../metric.js';
import type { LabelBatch } from './label-batch.js';

// log 0 is infinite.
const SMALLEST_PROBABILITY = 2 ** -52;

/** The negative log-likelihood of each label. */
const logLikelihood = meanOf(({ scores, truth }: LabelBatch) => {
  let sum = 0;
  for (const [index, isTrue] of truth.entries()) {
    const probability = isTrue === 1 ? scores[index]! : 1 - scores[index]!;
    sum -= Math.log(Math.max(probability, SMALLEST_PROBABILITY));
  }
  return { sum, terms: truth.length };
});

export const logLoss = error('log_loss', logLikelihood, mean => mean.value());
/** What training minimizes. */
export const loss = error('loss', logLikelihood, mean => mean.value());
