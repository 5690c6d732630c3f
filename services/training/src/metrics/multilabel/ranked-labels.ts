import type { Accumulator, Statistic } from '../metric.js';
import type { Ranking } from '../ranking/ranking.js';
import { startRankings } from '../ranking/rankings.js';
import type { LabelBatch } from './label-batch.js';

/** The labels of all rows together by their probability. */
export class RankedLabels implements Accumulator<LabelBatch> {
  readonly ranking: Ranking = startRankings(1)[0]!;

  add({ scores, truth }: LabelBatch): void {
    for (const [index, isTrue] of truth.entries()) this.ranking.add(scores[index]!, isTrue === 1);
  }

  merge(other: RankedLabels): void {
    this.ranking.merge(other.ranking);
  }
}

export const rankedLabels: Statistic<LabelBatch, RankedLabels> = { start: () => new RankedLabels() };
