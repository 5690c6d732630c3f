import { score } from '../metric.js';
import { rocArea } from '../ranking/areas.js';
import { meanFigure } from '../ranking/rankings.js';
import { rankedClasses, rankedSecond } from './ranked-classes.js';

/** Area under the ROC curve of the second of two classes. */
export const rocAuc = score('roc_auc', rankedSecond, ({ rankings: [second] }) => rocArea(second!));

/** Area under the ROC curve of each class against the rest: the mean, and the mean weighted by rows. */
export const rocAucAverages = [
  score('roc_auc_macro', rankedClasses, ({ rankings }) => meanFigure(rankings, rocArea, { isWeighted: false })),
  score('roc_auc_weighted', rankedClasses, ({ rankings }) => meanFigure(rankings, rocArea, { isWeighted: true })),
];
