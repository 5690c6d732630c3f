import type { RocPoint } from '../details.js';
import type { Ranking } from './ranking.js';

const MAX_POINTS = 200;

/** At most 200 points of the ROC curve, about equally far from each other; undefined as the area is. */
export function rocPoints(ranking: Ranking): RocPoint[] | undefined {
  const { positives, negatives, isDefined } = ranking;
  if (!isDefined || positives === 0 || negatives === 0) return undefined;
  const points: RocPoint[] = [[0, 0, 1]];
  let [hits, falseAlarms, section] = [0, 0, 0];
  ranking.descend((tiedPositives, tiedNegatives, score) => {
    hits += tiedPositives;
    falseAlarms += tiedNegatives;
    const point: RocPoint = [falseAlarms / negatives, hits / positives, score];
    const isLast = hits === positives && falseAlarms === negatives;
    // The curve runs from 0 to 2 in the sum of both rates.
    const reached = Math.floor(((point[0] + point[1]) / 2) * (MAX_POINTS - 2));
    if (reached === section && !isLast) return;
    section = reached;
    points.push(point);
  });
  return points;
}
