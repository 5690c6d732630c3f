import { averages, countsOf, PRECISION } from '../counts.js';
import { ratio, score } from '../metric.js';
import { classCounts } from './class-counts.js';

/** Of several classes. */
export const precisionAverages = averages('precision', classCounts, PRECISION);

/** Of the second of two classes. */
export const precision = score('precision', classCounts, ({ counts }) => ratio(...PRECISION(countsOf(counts, 1))));
