import { meanOf } from '../mean.js';
import { error } from '../metric.js';
import type { ClassBatch } from './class-batch.js';

/** Of the second of two classes: the mean squared error of its probability. */
const binaryError = meanOf(({ rows, scores, truth }: ClassBatch) => {
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += (scores[row * 2 + 1]! - truth[row]!) ** 2;
  return { sum, terms: rows };
});

/** The sum of squared errors over the classes; of two classes half of it, as in scikit-learn. */
const classError = meanOf(({ rows, classes, scores, truth }: ClassBatch) => {
  let sum = 0;
  for (let row = 0; row < rows; row++)
    for (let label = 0; label < classes; label++)
      sum += (scores[row * classes + label]! - Number(truth[row] === label)) ** 2;
  return { sum: classes === 2 ? sum / 2 : sum, terms: rows };
});

export const binaryBrier = error('brier', binaryError, mean => mean.value());
export const brier = error('brier', classError, mean => mean.value());
