import { averages, PRECISION } from '../counts.js';
import { labelCounts } from './label-counts.js';

export const precisionAverages = averages('precision', labelCounts, PRECISION);
