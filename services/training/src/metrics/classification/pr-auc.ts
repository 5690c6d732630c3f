import { score } from '../metric.js';
import { averagePrecision } from '../ranking/areas.js';
import { meanFigure } from '../ranking/rankings.js';
import { rankedClasses, rankedSecond } from './ranked-classes.js';

/** Average precision of the second of two classes. */
export const prAuc = score('pr_auc', rankedSecond, ({ rankings: [second] }) => averagePrecision(second!));

/** Average precision of each class against the rest: the mean, and the mean weighted by rows. */
export const prAucAverages = [
  score('pr_auc_macro', rankedClasses, ({ rankings }) => meanFigure(rankings, averagePrecision, { isWeighted: false })),
  score('pr_auc_weighted', rankedClasses, ({ rankings }) =>
    meanFigure(rankings, averagePrecision, { isWeighted: true }),
  ),
];
