import { type Counts, mergeCounts, startCounts } from '../counts.js';
import type { ConfusionCell } from '../details.js';
import type { Accumulator, Statistic } from '../metric.js';
import type { ClassBatch } from './class-batch.js';

/** Rows by true and by predicted class. It grows with the cells of the confusion matrix that are not empty. */
export class ClassCounts implements Accumulator<ClassBatch> {
  readonly counts: Counts;
  readonly #classes: number;
  readonly #cells = new Map<number, number>();

  constructor(classes: number) {
    this.#classes = classes;
    this.counts = startCounts(classes);
  }

  add({ truth, predicted }: ClassBatch): void {
    const { hits, support, predicted: said } = this.counts;
    for (let row = 0; row < truth.length; row++) {
      const [label, guess] = [truth[row]!, predicted[row]!];
      support[label]!++;
      said[guess]!++;
      if (label === guess) hits[label]!++;
      this.#count(label * this.#classes + guess, 1);
    }
  }

  merge(other: ClassCounts): void {
    mergeCounts(this.counts, other.counts);
    for (const [cell, rows] of other.#cells) this.#count(cell, rows);
  }

  cells(): ConfusionCell[] {
    const classes = this.#classes;
    return [...this.#cells]
      .sort(([a], [b]) => a - b)
      .map(([cell, rows]) => [Math.floor(cell / classes), cell % classes, rows]);
  }

  #count(cell: number, rows: number): void {
    this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + rows);
  }
}

export const classCounts: Statistic<ClassBatch, ClassCounts> = { start: classes => new ClassCounts(classes) };
