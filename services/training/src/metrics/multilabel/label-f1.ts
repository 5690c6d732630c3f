import { averages, F1 } from '../counts.js';
import { labelCounts } from './label-counts.js';

export const f1Averages = averages('f1', labelCounts, F1);
