import { score } from '../metric.js';
import { rocArea } from '../ranking/areas.js';
import { rankedLabels } from './ranked-labels.js';

/** Area under the ROC curve of the labels of all rows together. */
export const rocAucMicro = score('roc_auc_micro', rankedLabels, ({ ranking }) => rocArea(ranking));
