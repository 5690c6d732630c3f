import type { Ranking } from './ranking.js';

/** Area under the ROC curve; undefined unless there are positive and negative rows. */
export function rocArea(ranking: Ranking): number | undefined {
  const { positives, negatives, isDefined } = ranking;
  if (!isDefined || positives === 0 || negatives === 0) return undefined;
  let [above, area] = [0, 0];
  ranking.descend((tiedPositives, tiedNegatives) => {
    area += tiedNegatives * (above + tiedPositives / 2);
    above += tiedPositives;
  });
  return area / (positives * negatives);
}

/**
 * Average precision, Σ (recallₙ - recallₙ₋₁) · precisionₙ: the area under the precision-recall curve without
 * interpolation. Undefined without positive rows.
 */
export function averagePrecision(ranking: Ranking): number | undefined {
  const { positives, isDefined } = ranking;
  if (!isDefined || positives === 0) return undefined;
  let [hits, rows, sum] = [0, 0, 0];
  ranking.descend((tiedPositives, tiedNegatives) => {
    hits += tiedPositives;
    rows += tiedPositives + tiedNegatives;
    sum += tiedPositives * (hits / rows);
  });
  return sum / positives;
}
