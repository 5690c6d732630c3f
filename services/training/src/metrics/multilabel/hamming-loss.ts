import { error, ratio } from '../metric.js';
import { labelCounts } from './label-counts.js';

/** The share of wrong labels. */
export const hammingLoss = error('hamming_loss', labelCounts, ({ rows, wrongLabels, counts }) =>
  ratio(wrongLabels, rows * counts.hits.length),
);
