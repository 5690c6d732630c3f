import { countsOf, F1, fractions, PRECISION, RECALL } from '../counts.js';
import type { ClassMetrics } from '../details.js';
import type { DetailMeasures } from '../meter.js';
import { measure } from '../metric.js';
import { rocPoints } from '../ranking/roc-points.js';
import type { ClassBatch } from './class-batch.js';
import { classCounts } from './class-counts.js';
import { rankedSecond } from './ranked-classes.js';
import { binaryReliability, topReliability } from './reliability.js';

const perClass = measure(classCounts, ({ counts }): ClassMetrics[] => {
  const [precision, recall, f1] = [PRECISION, RECALL, F1].map(fraction => fractions(counts, fraction));
  return Array.from(counts.support, (_, index) => ({
    precision: precision![index]!,
    recall: recall![index]!,
    f1: f1![index]!,
    support: countsOf(counts, index).support,
  }));
});
const confusion = measure(classCounts, counts => counts.cells());

export const BINARY_DETAILS: DetailMeasures<ClassBatch> = {
  perClass,
  confusion,
  reliability: measure(binaryReliability, reliability => reliability.bins()),
  roc: measure(rankedSecond, ({ rankings: [second] }) => rocPoints(second!)),
};

export const MULTICLASS_DETAILS: DetailMeasures<ClassBatch> = {
  perClass,
  confusion,
  reliability: measure(topReliability, reliability => reliability.bins()),
};
