import { score } from '../metric.js';
import { averagePrecision } from '../ranking/areas.js';
import { rankedLabels } from './ranked-labels.js';

/** Average precision of the labels of all rows together. */
export const prAucMicro = score('pr_auc_micro', rankedLabels, ({ ranking }) => averagePrecision(ranking));
