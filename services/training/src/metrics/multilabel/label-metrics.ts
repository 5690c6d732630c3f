import type { DetailMeasures } from '../meter.js';
import { type Metric, measure } from '../metric.js';
import { rocPoints } from '../ranking/roc-points.js';
import { hammingLoss } from './hamming-loss.js';
import type { LabelBatch } from './label-batch.js';
import { f1Averages } from './label-f1.js';
import { logLoss, loss } from './label-log-loss.js';
import { prAucMicro } from './label-pr-auc.js';
import { precisionAverages } from './label-precision.js';
import { recallAverages } from './label-recall.js';
import { rocAucMicro } from './label-roc-auc.js';
import { rankedLabels } from './ranked-labels.js';
import { subsetAccuracy } from './subset-accuracy.js';

/** Metrics of labels that apply or not. */
export const MULTILABEL_METRICS: readonly Metric<LabelBatch>[] = [
  ...f1Averages,
  loss,
  subsetAccuracy,
  hammingLoss,
  rocAucMicro,
  prAucMicro,
  logLoss,
  ...precisionAverages,
  ...recallAverages,
];

export const MULTILABEL_DETAILS: DetailMeasures<LabelBatch> = {
  roc: measure(rankedLabels, ({ ranking }) => rocPoints(ranking)),
};
