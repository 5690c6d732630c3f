import { averages, RECALL } from '../counts.js';
import { labelCounts } from './label-counts.js';

export const recallAverages = averages('recall', labelCounts, RECALL);
