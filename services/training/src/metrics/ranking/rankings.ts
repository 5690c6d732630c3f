import { Ranking, type RankingLimits } from './ranking.js';

/** 16 MiB of scores, and 32 MiB of bins, over all rankings of one statistic. */
const EXACT_SCORES = 2 ** 22;
const MAX_BINS = 2 ** 22;
const MAX_BINS_EACH = 2 ** 20;

/**
 * Limits of each of `count` rankings of the same rows. One ranking is exact up to 4 million rows and has 2^20 bins above;
 * with more than 4,096 classes and more than 4 million scores nothing is reported.
 */
export function limitsOf(count: number): RankingLimits {
  return {
    exactRows: Math.floor(EXACT_SCORES / count),
    bins: Math.min(MAX_BINS_EACH, Math.floor(MAX_BINS / count)),
  };
}

export function startRankings(count: number): Ranking[] {
  const limits = limitsOf(count);
  return Array.from({ length: count }, () => new Ranking(limits));
}

/** The mean of a figure of each ranking, plain or weighted by positive rows; undefined unless all are defined. */
export function meanFigure(
  rankings: readonly Ranking[],
  figure: (ranking: Ranking) => number | undefined,
  { isWeighted }: { readonly isWeighted: boolean },
): number | undefined {
  let [sum, total] = [0, 0];
  for (const ranking of rankings) {
    const value = figure(ranking);
    if (value === undefined) return undefined;
    const weight = isWeighted ? ranking.positives : 1;
    sum += weight * value;
    total += weight;
  }
  return total === 0 ? undefined : sum / total;
}
