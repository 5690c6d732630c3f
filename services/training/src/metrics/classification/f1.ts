import { averages, countsOf, F1 } from '../counts.js';
import { ratio, score } from '../metric.js';
import { classCounts } from './class-counts.js';

/** Of several classes. */
export const f1Averages = averages('f1', classCounts, F1);

/** Of the second of two classes. */
export const f1 = score('f1', classCounts, ({ counts }) => ratio(...F1(countsOf(counts, 1))));
