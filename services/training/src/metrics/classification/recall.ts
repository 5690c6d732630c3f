import { averages, countsOf, RECALL } from '../counts.js';
import { ratio, score } from '../metric.js';
import { classCounts } from './class-counts.js';

/** Of several classes. */
export const recallAverages = averages('recall', classCounts, RECALL);

/** Of the second of two classes. */
export const recall = score('recall', classCounts, ({ counts }) => ratio(...RECALL(countsOf(counts, 1))));
