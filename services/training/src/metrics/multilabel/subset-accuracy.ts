import { ratio, score } from '../metric.js';
import { labelCounts } from './label-counts.js';

/** The share of rows whose labels are all right. */
export const subsetAccuracy = score('subset_accuracy', labelCounts, ({ rows, rightRows }) => ratio(rightRows, rows));
