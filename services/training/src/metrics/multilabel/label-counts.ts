import { type Counts, mergeCounts, startCounts } from '../counts.js';
import type { Accumulator, Statistic } from '../metric.js';
import type { LabelBatch } from './label-batch.js';

/** Rows in which each label applies and is predicted, and how often predictions are wrong. */
export class LabelCounts implements Accumulator<LabelBatch> {
  readonly counts: Counts;
  rows = 0;
  /** Rows whose labels are all right. */
  rightRows = 0;
  wrongLabels = 0;

  constructor(labels: number) {
    this.counts = startCounts(labels);
  }

  add({ rows, labels, truth, predicted }: LabelBatch): void {
    const { hits, support, predicted: said } = this.counts;
    for (let row = 0; row < rows; row++) {
      let wrong = 0;
      for (let label = 0; label < labels; label++) {
        const [isTrue, isPredicted] = [truth[row * labels + label]!, predicted[row * labels + label]!];
        support[label]! += isTrue;
        said[label]! += isPredicted;
        hits[label]! += isTrue * isPredicted;
        wrong += Math.abs(isTrue - isPredicted);
      }
      this.rows++;
      this.rightRows += Number(wrong === 0);
      this.wrongLabels += wrong;
    }
  }

  merge(other: LabelCounts): void {
    mergeCounts(this.counts, other.counts);
    this.rows += other.rows;
    this.rightRows += other.rightRows;
    this.wrongLabels += other.wrongLabels;
  }
}

export const labelCounts: Statistic<LabelBatch, LabelCounts> = { start: labels => new LabelCounts(labels) };
