import type { Accumulator, Statistic } from '../metric.js';
import type { Ranking } from '../ranking/ranking.js';
import { startRankings } from '../ranking/rankings.js';
import type { ClassBatch } from './class-batch.js';

/** The rows by the probability of each class from `first` on. */
export class RankedClasses implements Accumulator<ClassBatch> {
  readonly rankings: readonly Ranking[];
  readonly #first: number;

  constructor(classes: number, first: number) {
    this.#first = first;
    this.rankings = startRankings(classes - first);
  }

  add({ rows, classes, scores, truth }: ClassBatch): void {
    for (let row = 0; row < rows; row++)
      for (let label = this.#first; label < classes; label++)
        this.rankings[label - this.#first]!.add(scores[row * classes + label]!, truth[row] === label);
  }

  merge(other: RankedClasses): void {
    for (const [index, ranking] of this.rankings.entries()) ranking.merge(other.rankings[index]!);
  }
}

/** One against the rest. */
export const rankedClasses: Statistic<ClassBatch, RankedClasses> = { start: classes => new RankedClasses(classes, 0) };
/** The second of two classes. */
export const rankedSecond: Statistic<ClassBatch, RankedClasses> = { start: () => new RankedClasses(2, 1) };
